namespace Commerce.Api.Admission;

/// <summary>
/// How often an address may come without credentials that are valid. Those that are valid pass all the same: behind one address stand many
/// clients, none of whom can lock out the others, and 190 bits are not guessed at any rate.
/// </summary>
sealed class RefusalQuota(AdmissionOptions options, TimeProvider time)
{
    readonly ClientQuota _quota = new(options.RefusalBurst, options.RefusalsPerSecond, time);

    /// <summary>Whether the address may be told another one now.</summary>
    public bool HasLeft(HttpContext context) => _quota.HasLeft(Clients.BucketOf(context.Connection.RemoteIpAddress));

    /// <summary>Takes a refusal of those that the address may be told.</summary>
    /// <param name="context">The request.</param>
    /// <param name="wait">How long until it may be told the next.</param>
    /// <returns>False: it has been told more than it may.</returns>
    public bool TryTake(HttpContext context, out TimeSpan wait) => _quota.TryTake(Clients.BucketOf(context.Connection.RemoteIpAddress), out _, out wait);
}
