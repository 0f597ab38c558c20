using System.Diagnostics;
using Commerce.Api.Http;
using Commerce.Api.Tests.App;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Api.Tests.Hardening;

[TestFixture]
public sealed class DefectTests
{
    [Test]
    public async Task An_exception_that_nobody_expected_is_answered_with_a_code_and_a_trace_and_tells_nothing_of_itself()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var server = builder.Build();
        server.UseMiddleware<ProblemMiddleware>();
        server.MapGet("/", string () => throw new InvalidOperationException("Host=db;Password=s3cret"));
        await server.StartAsync();
        using var client = new HttpClient { BaseAddress = new(server.Urls.Single()) };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        using var listener = new ActivityListener { ShouldListenTo = source => source.Name == "Microsoft.AspNetCore", Sample = (ref _) => ActivitySamplingResult.PropagationData };
        ActivitySource.AddActivityListener(listener);

        using var response = await client.SendAsync(request);
        var reply = await Reply.Of(response);

        Assert.That(reply.Refusal, Is.EqualTo((500, "internal-error")));
        Assert.That(reply.Field("traceId"), Is.EqualTo("4bf92f3577b34da6a3ce929d0e0e4736"));
        Assert.That(reply.Text, Does.Not.Contain("s3cret").And.Not.Contain("Exception").And.Not.Contain(" at "));
    }
}
