using Commerce.Commands.Grpc;

namespace Commerce.Testing.EventStoreDb;

/// <summary>What the emulator is told to do wrong. Each is done as often as told, then the emulator behaves again.</summary>
public sealed class Faults
{
    readonly Lock _lock = new();
    readonly EmulatedConnections _connections;
    readonly List<Refusal> _refusals = [];
    readonly Queue<ReadCut> _cuts = [];
    Drop? _drop;
    int _late;
    TimeSpan _lateBy;
    int _twice;
    volatile bool _appendsArmed;

    internal Faults(EmulatedConnections connections) => _connections = connections;

    /// <summary>Of the appends from now on this many are written and none answered; then every connection drops.</summary>
    public void DropAfterWriting(int appends) => Arm(() => _drop = new(appends, IsWritten: true));

    /// <summary>Of the appends from now on this many are neither written nor answered; then every connection drops.</summary>
    public void DropBeforeWriting(int appends) => Arm(() => _drop = new(appends, IsWritten: false));

    /// <summary>The next appends are written at once, and their answers held back for as long.</summary>
    public void AnswerLate(TimeSpan by, int appends) => Arm(() => (_late, _lateBy) = (appends, by));

    /// <summary>The next appends of batches are answered twice.</summary>
    public void AnswerTwice(int appends) => Arm(() => _twice = appends);

    /// <summary>The next read or subscription ends after as many messages: with a status, or with none, as a proxy ends it whose server is gone.</summary>
    public void CutRead(int afterMessages, int? status = null)
    {
        lock (_lock)
            _cuts.Enqueue(new(afterMessages, (GrpcStatusCode?)status));
    }

    /// <summary>Refuses the next calls, whatever they are, or those of a method (<c>BatchAppend</c>).</summary>
    public void Refuse(int status, string message, int calls = 1, string? method = null, IReadOnlyDictionary<string, string>? headers = null)
    {
        lock (_lock)
        {
            for (var call = 0; call < calls; call++)
                _refusals.Add(new(method, new((GrpcStatusCode)status, message, headers)));
        }
    }

    /// <summary>Drops every connection at once.</summary>
    public void DropConnections() => _connections.DropAll();

    /// <summary>From now on new connections hang: they are made, and nothing is said on them.</summary>
    public void StopAccepting() => _connections.Hold();

    /// <summary>Serves the connections that hang, and new ones.</summary>
    public void AcceptAgain() => _connections.Release();

    internal AppendFate NextAppend()
    {
        if (!_appendsArmed)
            return AppendFate.Normal;

        lock (_lock)
        {
            var fate = _drop is { } drop ? Dropped(drop) : new AppendFate(true, Take(ref _twice) ? 2 : 1, Take(ref _late) ? _lateBy : default, false);
            _appendsArmed = _drop is not null || _late > 0 || _twice > 0;
            return fate;
        }
    }

    internal ReadCut? NextRead()
    {
        lock (_lock)
            return _cuts.TryDequeue(out var cut) ? cut : null;
    }

    internal GrpcException? NextCall(string method)
    {
        lock (_lock)
        {
            if (_refusals.Find(r => (r.Method ?? method) == method) is not { } refusal)
                return null;

            _refusals.Remove(refusal);
            return refusal.Error;
        }
    }

    AppendFate Dropped(Drop drop)
    {
        var left = drop.Appends - 1;
        _drop = left > 0 ? drop with { Appends = left } : null;
        return new(drop.IsWritten, 0, default, left <= 0);
    }

    static bool Take(ref int count)
    {
        if (count == 0)
            return false;

        count--;
        return true;
    }

    void Arm(Action arm)
    {
        lock (_lock)
        {
            arm();
            _appendsArmed = true;
        }
    }

    sealed record Drop(int Appends, bool IsWritten);

    sealed record Refusal(string? Method, GrpcException Error);
}

/// <summary>What becomes of an append.</summary>
/// <param name="IsWritten">Whether it is written.</param>
/// <param name="Answers">How often it is answered.</param>
/// <param name="Late">How long the answer is held back.</param>
/// <param name="Drops">Whether every connection drops after it.</param>
readonly record struct AppendFate(bool IsWritten, int Answers, TimeSpan Late, bool Drops)
{
    public static AppendFate Normal { get; } = new(true, 1, default, false);
}

/// <summary>Where a read ends too early, and how.</summary>
readonly record struct ReadCut(int AfterMessages, GrpcStatusCode? Status);
