using System.Text.Json.Nodes;
using Commerce.Faults;
using Commerce.Faults.Strikes;

namespace Commerce.Api.Tests.Faults;

/// <summary>The fault run itself: a short one, and what it is asked for with.</summary>
[TestFixture]
[NonParallelizable]
public sealed class FaultRunTests
{
    /// <summary>Its plan begins with the death of PostgreSQL and a restart of RabbitMQ.</summary>
    const int Seed = 13;

    /// <summary>Starts and the settling included, on a busy machine.</summary>
    const int TimeMaxMs = 280_000;

    [Test]
    [CancelAfter(TimeMaxMs)]
    public async Task A_short_run_strikes_settles_and_finds_nothing(CancellationToken ct)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("commerce-faults-").FullName, "report.json");
        var (output, errors) = (new StringWriter(), new StringWriter());

        Assert.That(await FaultRuns.Run(["--minutes", "0.3", "--seed", $"{Seed}", "--json", file], output, errors, ct), Is.Zero, $"{output}{errors}");

        var report = JsonNode.Parse(await File.ReadAllTextAsync(file, ct));
        Assert.That(report?["strikes"]?.AsArray(), Is.Not.Empty);
        Assert.That((int?)report?["load"]?["ordersTaken"], Is.Positive);
        Assert.That(report?["settledAfterSeconds"], Is.Not.Null);
        Assert.That(output.ToString(), Does.EndWith($"Nothing offends.{output.NewLine}"));
        Directory.Delete(Path.GetDirectoryName(file) ?? file, recursive: true);
    }

    [Test]
    public void A_seed_strikes_in_one_order_and_each_kind_once_before_any_comes_again()
    {
        var kinds = Enum.GetValues<StrikeKind>();
        var (once, again) = (Strike.Plan(7).Take(50).ToList(), Strike.Plan(7).Take(50).ToList());
        Assert.That(again, Is.EqualTo(once));
        Assert.That(Strike.Plan(7).Take(kinds.Length).Select(s => s.Kind), Is.EquivalentTo(kinds));
        Assert.That(Strike.Plan(7).First(), Is.Not.EqualTo(Strike.Plan(8).First()));
    }

    [TestCase("--minutes", "0")]
    [TestCase("--minutes")]
    [TestCase("--seed", "-1")]
    [TestCase("17")]
    public async Task What_cannot_be_asked_for_is_answered_in_one_sentence(params string[] args)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());

        Assert.That(await FaultRuns.Run(args, output, errors, CancellationToken.None), Is.EqualTo(2));
        Assert.That(output.ToString(), Is.Empty);
        Assert.That(errors.ToString(), Does.Match("^faults: .+\\.\n$"));
    }
}
