using Commerce.Api.Security;

namespace Commerce.Api.Admission;

/// <summary>The limits of clients by name: <c>client</c> for each that said truly who it is, by that; <c>address</c> for all others, by where they are.</summary>
sealed class ClientLimits(AdmissionOptions options, TimeProvider time)
{
    readonly ClientLimit _client = new("client", options.ClientBurst, options.ClientPerSecond, options.SaleClaims, time);
    readonly ClientLimit _address = new("address", options.AddressBurst, options.AddressPerSecond, options.SaleClaims, time);

    /// <summary>Takes a request of those that its client may send, and tells what is left.</summary>
    /// <param name="context">The request.</param>
    /// <param name="isGated">Whether its address has a gate as well.</param>
    /// <param name="wait">How long until the client may send the next; zero where this one is let in.</param>
    /// <returns>False: it has sent more than it may.</returns>
    public bool TryTake(HttpContext context, bool isGated, out TimeSpan wait) =>
        context.FindCaller() is { } caller
            ? _client.TryTake(Clients.BucketOf(caller.Name), context.Response.Headers, isGated, out wait)
            : _address.TryTake(Clients.BucketOf(context.Connection.RemoteIpAddress), context.Response.Headers, isGated, out wait);

    /// <summary>The same for one of many things that come in one request, whose answer tells nothing of it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="wait">How long until the client may send the next; zero where this one is let in.</param>
    /// <returns>False: it has sent more than it may.</returns>
    public bool TryTakeMore(HttpContext context, out TimeSpan wait) =>
        context.FindCaller() is { } caller
            ? _client.TryTakeMore(Clients.BucketOf(caller.Name), out wait)
            : _address.TryTakeMore(Clients.BucketOf(context.Connection.RemoteIpAddress), out wait);
}
