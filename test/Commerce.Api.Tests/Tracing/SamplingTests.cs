using System.Diagnostics;
using Commerce.Api.Composition;
using Commerce.Api.Tests.App;
using Commerce.Domain.Log;
using Commerce.Testing.Telemetry;
using OpenTelemetry.Trace;

namespace Commerce.Api.Tests.Tracing;

/// <summary>What is recorded, and what is not. Alone in its process: that nobody listens is a fact of the whole process.</summary>
[TestFixture]
[NonParallelizable]
public sealed class SamplingTests
{
    [Test]
    public async Task What_the_client_does_not_record_is_recorded_nowhere_and_its_trace_goes_on_unrecorded()
    {
        await using var collector = await OtlpCollector.Start();
        await using var app = await CommerceApp.Start([.. collector.Settings]);
        var (silent, loud) = (new Client(app.Http, isRecorded: false), new Client(app.Http));
        await silent.Until(await silent.Order(await silent.Stocked()), "confirmed");
        await loud.Until(await loud.Order(await loud.Stocked()), "confirmed");

        await collector.Until(c => c.Spans, spans => spans.Any(s => s.TraceId == loud.TraceId && s.Name == "project orders"));
        Assert.That(collector.Spans.Where(s => s.TraceId == silent.TraceId).Select(s => s.Name), Is.Empty);
        Assert.That(await FlagsOf(app, silent), Has.Count.GreaterThan(5).And.All.EqualTo(ActivityTraceFlags.None));
        Assert.That(await FlagsOf(app, loud), Has.Count.GreaterThan(5).And.All.EqualTo(ActivityTraceFlags.Recorded));
    }

    [Test]
    public async Task Nobody_listens_without_an_endpoint_and_the_events_carry_the_trace_all_the_same()
    {
        await using var app = await CommerceApp.Start();
        var client = new Client(app.Http);
        await client.Until(await client.Order(await client.Stocked()), "confirmed");

        using var ours = new ActivitySource("Commerce");
        Assert.That(ours.HasListeners(), Is.False, "so no span of ours is made");
        Assert.That(await FlagsOf(app, client), Has.Count.GreaterThan(5).And.All.EqualTo(ActivityTraceFlags.Recorded));
    }

    [Test]
    public void Every_process_decides_alike_on_a_trace_and_takes_about_the_share_that_is_wanted()
    {
        var (one, other) = (new CauseSampler(0.25), new CauseSampler(0.25));
        var decisions = Enumerable.Range(0, 4_000).Select(_ => ActivityTraceId.CreateRandom()).Select(id => (Decide(one, id), Decide(other, id))).ToList();
        Assert.That(decisions, Is.All.Matches<(SamplingDecision One, SamplingDecision Other)>(d => d.One == d.Other));
        Assert.That(decisions.Count(d => d.Item1 == SamplingDecision.RecordAndSample), Is.InRange(800, 1_200));
    }

    [Test]
    public void No_trace_begins_with_a_call_of_ours_to_a_server() =>
        Assert.That(Decide(new CauseSampler(1), ActivityTraceId.CreateRandom(), ActivityKind.Client), Is.EqualTo(SamplingDecision.Drop));

    static SamplingDecision Decide(CauseSampler sampler, ActivityTraceId id, ActivityKind kind = ActivityKind.Server) =>
        sampler.ShouldSample(new SamplingParameters(default, id, "test", kind)).Decision;

    /// <summary>The flags that each event of a client's trace carries.</summary>
    static async Task<List<ActivityTraceFlags>> FlagsOf(CommerceApp app, Client client)
    {
        var flags = new List<ActivityTraceFlags>();
        await foreach (var recorded in app.Host.Log.ReadAll(LogPosition.Start, StreamFilter.All, int.MaxValue, CancellationToken.None))
        {
            if (ActivityContext.TryParse(EventMetadata.TryRead(recorded.Metadata)?.TraceParent, null, out var context) && context.TraceId.ToHexString() == client.TraceId)
            {
                flags.Add(context.TraceFlags);
            }
        }

        return flags;
    }
}
