using System.Globalization;
using System.Text.Json;
using Commerce.Commands.Payments;
using Commerce.Domain;

namespace Commerce.Api.Sandbox;

/// <summary>
/// The provider's books: every call once by its key, in memory and, where there is a file, written through before the answer
/// is given, so that a process that is killed forgets no charge.
/// </summary>
sealed class SandboxBooks : IDisposable
{
    readonly Lock _lock = new();
    readonly Dictionary<string, SandboxEntry> _byKey = new(StringComparer.Ordinal);
    readonly Dictionary<string, List<SandboxEntry>> _byPayment = new(StringComparer.Ordinal);
    readonly List<SandboxEntry> _all = [];
    readonly int _entriesMax;
    readonly bool _isReadOnly;
    readonly FileStream? _file;
    readonly TimeProvider _time;

    /// <summary>Opens the books, with what the file holds; a last line that a crash cut short is cut off.</summary>
    /// <exception cref="JsonException">The file holds something else.</exception>
    public SandboxBooks(SandboxOptions options, TimeProvider time)
    {
        (_entriesMax, _isReadOnly, _time) = (options.EntriesMax, options.IsReadOnly, time);
        if (options is { BooksFile: { } written, IsReadOnly: true })
        {
            if (File.Exists(written))
            {
                using var read = new FileStream(written, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                Replay(read);
            }
        }
        else if (options.BooksFile is { } path)
        {
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            Replay(_file);
        }
    }

    /// <summary>Answers a call: as it was answered before, or now and for good; the entry of a call that is new.</summary>
    /// <param name="key">The call's idempotency key.</param>
    /// <param name="kind">What is asked.</param>
    /// <param name="request">Of what.</param>
    /// <param name="manner">How it is decided, where it is new.</param>
    public (ProviderResponse? Response, SandboxProblem? Problem, SandboxEntry? New) Answer(string key, SandboxKind kind, ProviderRequest request, SandboxManner manner)
    {
        lock (_lock)
        {
            if (_isReadOnly)
            {
                return (null, new("books-read-only", "This sandbox only tells what is in its books."), null);
            }

            if (_byKey.TryGetValue(key, out var known))
            {
                return IsSame(known, kind, request) ? (Response(known), null, null) : (null, new("key-reused", "The key stands for another call already."), null);
            }

            if (_all.Count >= _entriesMax)
            {
                return (null, new("books-full", $"The sandbox keeps {_entriesMax} entries."), null);
            }

            var entries = _byPayment.GetValueOrDefault(request.Payment, []);
            if (Refusal(kind, request, entries) is { } problem)
            {
                return (null, problem, null);
            }

            var declined = kind == SandboxKind.Authorisation ? manner.Decline : null;
            var now = _time.GetUtcNow();
            var amount = request.Amount ?? entries[0].Amount;
            var entry = new SandboxEntry(key, kind, request.Payment, request.Order, amount, request.Token, declined is null ? $"sbx_{Uuid.FromName(Guid.Empty, key):N}" : null, declined, now, request.Id, manner.PendingFor is { } wait ? now + wait : null);
            Write(entry);
            Add(entry);
            return (Response(entry), null, entry);
        }
    }

    /// <summary>Whether the key was answered.</summary>
    public bool Knows(string key)
    {
        lock (_lock)
        {
            return _byKey.ContainsKey(key);
        }
    }

    /// <summary>A payment by the merchant's id; null: unknown.</summary>
    public SandboxPayment? Find(string payment)
    {
        lock (_lock)
        {
            if (!_byPayment.TryGetValue(payment, out var entries))
            {
                return null;
            }

            var now = _time.GetUtcNow();
            var first = entries[0];
            var status = first.IsPending(now) ? "pending" : first.Reference is null ? "declined" : entries.Exists(e => e.Kind == SandboxKind.Void) ? "voided" : "authorised";
            return new(payment, first.Order, status, first.Amount, Sum(entries, SandboxKind.Capture), Sum(entries, SandboxKind.Refund), [.. entries.Select(e => e.IsPending(now) ? e with { Reference = null, Code = null } : e)]);
        }
    }

    /// <summary>A page of what was approved on a day (UTC).</summary>
    /// <param name="date">The day.</param>
    /// <param name="after">Where the page before ended; 0: at the beginning.</param>
    /// <param name="limit">Entries at most.</param>
    public SandboxStatement Statement(DateOnly date, int after = 0, int limit = int.MaxValue)
    {
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            var page = new List<SandboxEntry>();
            var read = after;
            for (; read < _all.Count && page.Count < limit; read++)
            {
                if (_all[read] is { Reference: not null } entry && !entry.IsPending(now) && DateOnly.FromDateTime(entry.At.UtcDateTime) == date)
                {
                    page.Add(entry);
                }
            }

            return new(date, page, read < _all.Count ? read.ToString(CultureInfo.InvariantCulture) : null);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    SandboxProblem? Refusal(SandboxKind kind, ProviderRequest request, List<SandboxEntry> entries)
    {
        if (kind != SandboxKind.Void && request.Amount is not { Amount: > 0 })
        {
            return new("amount-invalid", "An amount is above zero.");
        }

        if (kind == SandboxKind.Authorisation)
        {
            return entries.Count == 0 ? null : new("payment-exists", "The payment is there already, under another key.");
        }

        if (entries is not [{ Reference: not null } first, ..] || first.IsPending(_time.GetUtcNow()))
        {
            return new("payment-unknown", "No such payment is authorised.");
        }

        if (request.Amount is { } asked && asked.Currency != first.Amount.Currency)
        {
            return new("currency-mismatch", "The payment is in another currency.");
        }

        var isVoided = entries.Exists(e => e.Kind == SandboxKind.Void);
        var (captured, refunded, amount) = (Sum(entries, SandboxKind.Capture).Amount, Sum(entries, SandboxKind.Refund).Amount, request.Amount?.Amount ?? 0);
        return kind switch
        {
            SandboxKind.Capture when isVoided => new("payment-voided", "The payment is voided."),
            SandboxKind.Capture when captured + amount > first.Amount.Amount => new("over-authorised", "More than is authorised."),
            SandboxKind.Void when captured > 0 => new("payment-captured", "A part of the payment is captured."),
            SandboxKind.Void when isVoided => new("payment-voided", "The payment is voided already, under another key."),
            SandboxKind.Refund when refunded + amount > captured => new("over-captured", "More than is captured."),
            _ => null,
        };
    }

    static bool IsSame(SandboxEntry known, SandboxKind kind, ProviderRequest request) =>
        known.Kind == kind && known.Payment == request.Payment && known.Token == request.Token && (request.Amount is not { } amount || amount == known.Amount);

    ProviderResponse Response(SandboxEntry entry) => entry.IsPending(_time.GetUtcNow()) ? new("pending", null, null)
        : entry.Reference is { } reference ? new("approved", reference, null)
        : new("declined", null, entry.Code);

    static Money Sum(List<SandboxEntry> entries, SandboxKind kind) =>
        entries.Where(e => e.Kind == kind).Aggregate(Money.Zero(entries[0].Amount.Currency), (sum, e) => sum + e.Amount);

    void Add(SandboxEntry entry)
    {
        _byKey[entry.Key] = entry;
        _all.Add(entry);
        if (!_byPayment.TryGetValue(entry.Payment, out var entries))
        {
            _byPayment[entry.Payment] = entries = [];
        }

        entries.Add(entry);
    }

    // To the system, not to the disk: a killed process loses nothing, and a sandbox need not survive a power cut.
    void Write(SandboxEntry entry)
    {
        if (_file is not null)
        {
            _file.Write([.. JsonSerializer.SerializeToUtf8Bytes(entry, SandboxJson.Default.SandboxEntry), (byte)'\n']);
            _file.Flush();
        }
    }

    void Replay(FileStream file)
    {
        using var reader = new StreamReader(file, leaveOpen: true);
        var bytes = 0L;
        while (reader.ReadLine() is { } line)
        {
            bytes += System.Text.Encoding.UTF8.GetByteCount(line) + 1;
            if (bytes > file.Length)
            {
                bytes -= System.Text.Encoding.UTF8.GetByteCount(line) + 1;
                break;
            }

            Add(JsonSerializer.Deserialize(line, SandboxJson.Default.SandboxEntry) ?? throw new JsonException("A line of the sandbox's books is empty."));
        }

        if (file.CanWrite)
        {
            file.SetLength(bytes);
            file.Position = bytes;
        }
    }
}
