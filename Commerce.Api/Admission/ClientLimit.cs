using System.Globalization;

namespace Commerce.Api.Admission;

/// <summary>A named limit of clients: its quota, and the fields of HTTP that tell a client of it.</summary>
sealed class ClientLimit
{
    readonly string _name;
    readonly int _burst;
    readonly int _perSecond;
    readonly ClientQuota _quota;
    readonly string _policy;
    readonly string _policyAtGate;

    /// <summary>A limit, of which everybody has all.</summary>
    /// <param name="name">Its name in the answers.</param>
    /// <param name="burst">Requests at once.</param>
    /// <param name="perSecond">Requests a second.</param>
    /// <param name="saleClaims">Claims of a sale that are under way at once: the other policy that an answer may tell of.</param>
    /// <param name="time">The clock.</param>
    public ClientLimit(string name, int burst, int perSecond, int saleClaims, TimeProvider time)
    {
        (_name, _burst, _perSecond, _quota) = (name, burst, perSecond, new(burst, perSecond, time));
        _policy = string.Create(CultureInfo.InvariantCulture, $"\"{name}\";q={burst};w={SecondsFor(burst)}");
        _policyAtGate = string.Create(CultureInfo.InvariantCulture, $"{_policy}, \"sale\";q={saleClaims};qu=\"concurrent-requests\"");
    }

    /// <summary>Takes a request of those that its client may send, and tells what is left.</summary>
    /// <param name="bucket">The client's.</param>
    /// <param name="headers">Of the answer.</param>
    /// <param name="isGated">Whether the address has a gate as well.</param>
    /// <param name="wait">How long until it may send the next; zero where this one is let in.</param>
    /// <returns>False: it has sent more than it may.</returns>
    public bool TryTake(int bucket, IHeaderDictionary headers, bool isGated, out TimeSpan wait)
    {
        var isIn = _quota.TryTake(bucket, out var left, out wait);
        headers[RateLimitHeaders.Policy] = isGated ? _policyAtGate : _policy;
        headers[RateLimitHeaders.Limit] = string.Create(CultureInfo.InvariantCulture, $"\"{_name}\";r={left};t={SecondsFor(_burst - left)}");
        return isIn;
    }

    /// <summary>The same without telling what is left.</summary>
    /// <param name="bucket">The client's.</param>
    /// <param name="wait">How long until the client may send the next; zero where this one is let in.</param>
    /// <returns>False: it has sent more than it may.</returns>
    public bool TryTakeMore(int bucket, out TimeSpan wait) => _quota.TryTake(bucket, out _, out wait);

    long SecondsFor(long requests) => (requests + _perSecond - 1) / _perSecond;
}
