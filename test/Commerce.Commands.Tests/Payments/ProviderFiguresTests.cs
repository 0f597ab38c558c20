using System.Net;
using Commerce.Commands.Payments;
using Commerce.Domain;
using Commerce.Testing.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Commerce.Commands.Tests.Payments;

/// <summary>What is measured of calls that only ask.</summary>
[TestFixture]
public sealed class ProviderFiguresTests
{
    [Test]
    public async Task Questions_and_pages_of_the_statement_are_measured_like_any_call()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        await using var server = builder.Build();
        server.Run(Answer);
        await server.StartAsync();
        using var provider = new HttpPaymentProvider(new() { BaseAddress = new(server.Urls.Single()), RetriesMax = 0 }, TimeProvider.System);
        using var calls = new HeardFigures("commerce.payments.provider_call.duration");

        Assert.That(await provider.Find(new PaymentId(Guid.CreateVersion7()), default), Is.Empty);
        await foreach (var _ in provider.Statement(new(2026, 11, 24), default))
        {
            Assert.Fail("It is empty.");
        }

        Assert.ThrowsAsync<PaymentProviderUnavailableException>(() => provider.Void(new PaymentId(Guid.CreateVersion7()), default));

        Assert.That(calls.Count(t => Equals(t["path"], "v1/payments") && Equals(t["outcome"], "told")), Is.EqualTo(1));
        Assert.That(calls.Count(t => Equals(t["path"], "v1/statement") && Equals(t["outcome"], "told")), Is.EqualTo(2), "one for a page");
        Assert.That(calls.Count(t => Equals(t["path"], "v1/voids") && Equals(t["outcome"], "unavailable")), Is.EqualTo(1));
    }

    static Task Answer(HttpContext http)
    {
        var isFirst = !http.Request.QueryString.Value?.Contains("after=", StringComparison.Ordinal) ?? true;
        http.Response.StatusCode = http.Request.Path.Value switch
        {
            "/v1/statement" => StatusCodes.Status200OK,
            "/v1/voids" => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status404NotFound,
        };
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(isFirst ? """{"entries":[],"next":"1"}""" : """{"entries":[]}""");
    }
}
