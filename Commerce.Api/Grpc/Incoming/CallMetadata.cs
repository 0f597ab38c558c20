using Commerce.Api.Handling;
using Commerce.Api.Http;
using Grpc.Core;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Commerce.Api.Grpc.Incoming;

/// <summary>What a call carries in its metadata: HTTP/2 has that as headers, under the names that REST has them under.</summary>
/// <param name="http">The call.</param>
readonly struct CallMetadata(HttpContext http) : IIncomingCommand
{
    /// <summary>Of this call.</summary>
    public static CallMetadata Of(ServerCallContext call) => new(call.GetHttpContext());

    /// <inheritdoc/>
    public CommandCall Creating() => Read(isKeyRequired: true);

    /// <inheritdoc/>
    public CommandCall Changing() => Read(isKeyRequired: false);

    // A revision as a message has it is no entity tag: it has no quotes.
    CommandRequest Read(bool isKeyRequired)
    {
        var ifMatch = http.Request.Headers[HeaderNames.IfMatch];
        return CommandRequest.Of(http, ifMatch is [{ Length: > 0 } text] && char.IsAsciiDigit(text[0]) ? new StringValues($"\"{text}\"") : ifMatch, isKeyRequired);
    }
}
