using System.Globalization;
using System.Text.Json;
using Commerce.Testing.Servers;

namespace Commerce.Commands.Tests.EventLog.EventStoreDb;

/// <summary>What the official client and a real server said to each other, one step.</summary>
sealed record Transcript(string Step, string? ClientException, IReadOnlyList<Transcript.Call> Calls)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Where the files lie, one a step.</summary>
    public static string Folder { get; } = Path.Combine(Checkout.Root, "test", "Commerce.Commands.Tests", "EventLog", "EventStoreDb", "Transcripts");

    /// <summary>Reads the file of a step.</summary>
    public static Transcript Of(string step)
    {
        var file = Path.Combine(Folder, step + ".json");
        return JsonSerializer.Deserialize<Transcript>(File.ReadAllText(file), Json) ?? throw new InvalidDataException(file);
    }

    public override string ToString() => Step;

    /// <summary>One call of it; messages are without their prefix.</summary>
    internal sealed record Call(
        string Path,
        IReadOnlyDictionary<string, string> RequestHeaders,
        IReadOnlyList<string> RequestMessagesHex,
        IReadOnlyDictionary<string, string> ResponseHeaders,
        IReadOnlyList<string> ResponseMessagesHex,
        IReadOnlyDictionary<string, string> Trailers)
    {
        /// <summary>Its service and name below <c>event_store.client</c>.</summary>
        public string Method => Path["/event_store.client.".Length..];

        public IReadOnlyList<byte[]> Requests => [.. RequestMessagesHex.Select(Bytes)];

        public IReadOnlyList<byte[]> Responses => [.. ResponseMessagesHex.Select(Bytes)];

        /// <summary>Without those that every call has.</summary>
        public IEnumerable<(string Name, string Value)> SentHeaders =>
            RequestHeaders.Where(h => h.Key is not "TE" and not "Content-Type").Select(h => (h.Key, h.Value));

        /// <summary>The recording ends before the call did.</summary>
        public bool IsLeftOpen => Trailers.Count == 0 && !ResponseHeaders.ContainsKey("grpc-status");

        // A long message is cut: zeros up to its length are missing.
        static byte[] Bytes(string hex)
        {
            if (hex.Split("...(") is not [var start, var rest])
                return Convert.FromHexString(hex);

            var whole = new byte[int.Parse(rest.Split(' ')[0], CultureInfo.InvariantCulture)];
            Convert.FromHexString(start).CopyTo(whole, 0);
            return whole;
        }
    }
}
