namespace Commerce.Api.Admission;

/// <summary>
/// What each client may still send: so many requests at once, and so many a second, by the generic cell rate algorithm (ITU-T I.371). Of a client is
/// known only until when all it has sent is paid for at its rate: letting a request in is one exchange of a number, without lock or timer.
/// </summary>
sealed class ClientQuota(AdmissionOptions options, TimeProvider time)
{
    // Timestamps; one that lies in the past owes nothing.
    readonly long[] _paidAt = new long[Clients.BucketsMax];
    readonly long _price = Math.Max(1, time.TimestampFrequency / options.ClientPerSecond);

    /// <summary>Takes a request of those that its client may send.</summary>
    /// <param name="context">The request.</param>
    /// <param name="left">Requests that the client may still send at once.</param>
    /// <param name="wait">How long until it may send the next; zero where this one is let in.</param>
    /// <returns>False: it has sent more than it may.</returns>
    public bool TryTake(HttpContext context, out long left, out TimeSpan wait)
    {
        ref var paidAt = ref _paidAt[Clients.BucketOf(context)];
        var (now, credit) = (time.GetTimestamp(), options.ClientBurst * _price);
        while (true)
        {
            var known = Volatile.Read(ref paidAt);
            var next = Math.Max(known, now) + _price;
            var lacking = next - now - credit;
            if (lacking > 0)
            {
                (left, wait) = (0, time.GetElapsedTime(0, lacking));
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
