using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Commerce.Commands.Grpc;
using Google.Protobuf;

namespace Commerce.Api.Tests.Grpc;

/// <summary>
/// A client of HTTP/2 that says itself how much it takes (RFC 9113, 5.2): libraries take 64 KiB of every answer, asked or not. What it does not
/// open its windows for, it does not read.
/// </summary>
sealed class UnreadingClient : IDisposable
{
    /// <summary>Longer than anything here takes.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Sizes, flags and a setting of RFC 9113, 4.1, 6.2 and 6.5.2.
    const int HeadBytes = 9;
    const int FrameBytesMax = 16_384;
    const byte EndStream = 1;
    const byte EndHeaders = 4;
    const byte InitialWindow = 4;

    readonly TcpClient _tcp = new();

    UnreadingClient()
    {
    }

    /// <summary>Connected, and has said how many bytes of each answer it takes. Of all answers together it takes 65,535, as RFC 9113 has it.</summary>
    public static async Task<UnreadingClient> To(Uri server, uint window)
    {
        var client = new UnreadingClient();
        await client._tcp.ConnectAsync(server.Host, server.Port);
        await client._tcp.GetStream().WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        await client.Send(Frame.Settings, 0, 0, [0, InitialWindow, .. Bytes(window)]);
        return client;
    }

    /// <summary>Begins a call, with its messages.</summary>
    /// <param name="stream">An odd number, greater than those before.</param>
    /// <param name="method">Service and method.</param>
    /// <param name="isAll">Whether no more messages follow.</param>
    /// <param name="messages">Sent at once.</param>
    public async Task Call(int stream, string method, bool isAll, params IEnumerable<IMessage> messages)
    {
        // Literals that nobody remembers (RFC 7541, 6.2.2), but for the two fields that have a number with their value.
        byte[] headers = [0x83, 0x86, 0x04, .. Text($"/commerce.v1.{method}"), 0x01, .. Text("localhost"), 0x0F, 0x10, .. Text("application/grpc"), 0x00, .. Text("te"), .. Text("trailers")];
        await Send(Frame.Headers, EndHeaders, stream, headers);
        var written = new ArrayBufferWriter<byte>();
        foreach (var message in messages)
        {
            GrpcFrames.Write(written, message);
        }

        foreach (var part in written.WrittenSpan.ToArray().Chunk(FrameBytesMax))
        {
            await Send(Frame.Data, 0, stream, part);
        }

        if (isAll)
        {
            await Send(Frame.Data, EndStream, stream, []);
        }
    }

    /// <summary>Takes so many more bytes of that answer.</summary>
    public Task Take(int stream, uint bytes) => Send(Frame.WindowUpdate, 0, stream, Bytes(bytes));

    /// <summary>Waits until something of that answer comes.</summary>
    public async Task Hears(int stream) => await Next(Frame.Data, stream);

    /// <summary>Waits until the server ends that call, unasked and with no word of how it went.</summary>
    public async Task IsLetGo(int stream) => await Next(Frame.Reset, stream);

    public void Dispose() => _tcp.Dispose();

    async Task Next(Frame frame, int stream)
    {
        using var limit = new CancellationTokenSource(Patience);
        var head = new byte[HeadBytes];
        bool isIt;
        do
        {
            await _tcp.GetStream().ReadExactlyAsync(head, limit.Token);
            var length = BinaryPrimitives.ReadInt32BigEndian(head) >> 8;
            await _tcp.GetStream().ReadExactlyAsync(new byte[length], limit.Token);
            isIt = (head[3], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5))) == ((byte)frame, stream) && length > 0;
        }
        while (!isIt);
    }

    async Task Send(Frame frame, byte flags, int stream, byte[] payload) => await _tcp.GetStream().WriteAsync(
        (byte[])[(byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, (byte)frame, flags, .. Bytes((uint)stream), .. payload]);

    static byte[] Text(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    static byte[] Bytes(uint number)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }

    enum Frame : byte
    {
        Data = 0,
        Headers = 1,
        Reset = 3,
        Settings = 4,
        WindowUpdate = 8,
    }
}
