using System.Text.Json.Nodes;
using Commerce.Api.Tests.App;

namespace Commerce.Api.Tests;

[TestFixture]
[NonParallelizable]
public sealed class BenchmarkTests
{
    [Test]
    public async Task Every_benchmark_runs_checks_its_results_and_writes_its_figures_to_a_file()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("commerce-bench-").FullName, "figures.json");

        Assert.That(await Benchmarks.Benchmarks.Run(["all", "--smoke", "--json", file], CancellationToken.None), Is.Zero);

        var measures = JsonNode.Parse(await File.ReadAllTextAsync(file))?["measures"]?.AsArray() ?? [];
        Assert.That(measures.Select(m => m?["benchmark"]?.ToString()).Distinct(), Is.EqualTo(new[] { "log", "flash-sale", "hot-skus", "long-streams", "flash-nodes", "overload", "orders", "door", "saga", "seals", "projections", "links" }));
        Assert.That(measures.Select(m => m?["perSecond"]?.GetValue<double>()), Has.All.GreaterThan(0));
        Directory.Delete(Path.GetDirectoryName(file) ?? file, recursive: true);
    }

    [TestCase("sagas")]
    [TestCase("log", "--fast")]
    [TestCase("log", "--json")]
    public async Task What_is_no_benchmark_is_answered_with_the_list_and_exit_code_2(params string[] arguments)
    {
        using var console = new HeardConsole();
        Assert.That(await Benchmarks.Benchmarks.Run(arguments, CancellationToken.None), Is.EqualTo(2));
        Assert.That(console.Error, Does.Contain("log ").And.Contain("orders ").And.Contain("saga ").And.Contain("projections "));
    }
}
