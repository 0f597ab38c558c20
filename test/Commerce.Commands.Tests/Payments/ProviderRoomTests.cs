using System.Net;
using System.Threading.Channels;
using Commerce.Commands.Payments;
using Commerce.Domain;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Commerce.Commands.Tests.Payments;

/// <summary>However many payments wait, a provider is asked about so many at once.</summary>
[TestFixture]
public sealed class ProviderRoomTests
{
    const int Calls = 7;
    const int AtOnce = 2;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Test]
    public async Task A_provider_is_asked_no_more_at_once_than_allowed_and_in_the_end_about_everything()
    {
        var asked = Channel.CreateUnbounded<TaskCompletionSource>();
        var (counting, present, most) = (new Lock(), 0, 0);
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        await using var server = builder.Build();
        server.Run(async http =>
        {
            lock (counting)
            {
                most = Math.Max(most, ++present);
            }

            var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await asked.Writer.WriteAsync(answer);
            await answer.Task;
            lock (counting)
            {
                present--;
            }

            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync("""{"status":"approved","reference":"r"}""");
        });
        await server.StartAsync();
        using var provider = new HttpPaymentProvider(
            new() { BaseAddress = new(server.Urls.Single()), RetriesMax = 0, AttemptTimeout = TimeSpan.FromMinutes(1), CallsAtOnceMax = AtOnce }, TimeProvider.System);

        using var deadline = new CancellationTokenSource(Patience);
        var total = new Money(5, Currency.Of("GBP"));
        var answers = Enumerable.Range(0, Calls).Select(_ => provider.Authorise(new PaymentId(Guid.CreateVersion7()), new OrderId(Guid.CreateVersion7()), total, null, default)).ToList();
        var waiting = new Queue<TaskCompletionSource>();
        for (var call = 0; call < Calls; call++)
        {
            waiting.Enqueue(await asked.Reader.ReadAsync(deadline.Token));
            if (waiting.Count == AtOnce)
            {
                waiting.Dequeue().SetResult();
            }
        }

        waiting.Dequeue().SetResult();
        Assert.That(await Task.WhenAll(answers), Is.All.TypeOf<ProviderAnswer.Approved>());
        Assert.That(most, Is.EqualTo(AtOnce));
    }
}
