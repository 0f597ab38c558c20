namespace Commerce.Api.Admission;

/// <summary>
/// What each client may still send: so many requests at once, and so many a second, by the generic cell rate algorithm (ITU-T I.371). Of a client is
/// known only until when all it has sent is paid for at its rate: letting a request in is one exchange of a number, without lock or timer.
/// </summary>
sealed class ClientQuota
{
    // Timestamps; one that lies in the past owes nothing.
    readonly long[] _paidAt = new long[Clients.BucketsMax];
    readonly TimeProvider _time;
    readonly long _price;
    readonly long _credit;

    /// <summary>A full quota for everybody.</summary>
    /// <param name="burst">Requests that a client may send at once after a pause.</param>
    /// <param name="perSecond">Requests a second that it may send for as long as it likes.</param>
    /// <param name="time">The clock.</param>
    public ClientQuota(int burst, int perSecond, TimeProvider time)
    {
        _time = time;
        _price = Math.Max(1, time.TimestampFrequency / perSecond);
        _credit = burst * _price;
    }

    /// <summary>Whether a client may send another one now.</summary>
    /// <param name="bucket">The client's.</param>
    public bool HasLeft(int bucket)
    {
        var now = _time.GetTimestamp();
        return Math.Max(Volatile.Read(ref _paidAt[bucket]), now) + _price - now <= _credit;
    }

    /// <summary>Takes a request of those that its client may send.</summary>
    /// <param name="bucket">The client's, 0 to <see cref="Clients.BucketsMax"/> - 1.</param>
    /// <param name="left">Requests that the client may still send at once.</param>
    /// <param name="wait">How long until it may send the next; zero where this one is let in.</param>
    /// <returns>False: it has sent more than it may.</returns>
    public bool TryTake(int bucket, out long left, out TimeSpan wait)
    {
        ref var paidAt = ref _paidAt[bucket];
        var now = _time.GetTimestamp();
        while (true)
        {
            var known = Volatile.Read(ref paidAt);
            var next = Math.Max(known, now) + _price;
            var lacking = next - now - _credit;
            if (lacking > 0)
            {
                (left, wait) = (0, _time.GetElapsedTime(0, lacking));
                return false;
            }

            if (Interlocked.CompareExchange(ref paidAt, next, known) == known)
            {
                (left, wait) = (-lacking / _price, TimeSpan.Zero);
                return true;
            }
        }
    }
}
