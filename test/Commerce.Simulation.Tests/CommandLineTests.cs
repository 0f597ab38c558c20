using System.Diagnostics;
using Commerce.Simulation.Processes;

namespace Commerce.Simulation.Tests;

/// <summary>What a person sees.</summary>
public sealed class CommandLineTests
{
    [Test]
    public void A_seed_that_offends_is_shown_with_the_line_that_plays_it_again_and_how_it_came_to_that()
    {
        var (code, output, _) = Simulate("--seed", "1", "--mutation", "drop-the-release", "--trace");

        Assert.That(code, Is.EqualTo(1));
        Assert.That(output, Does.StartWith("./build.sh simulate --seed 1 --mutation drop-the-release\n  stock-not-released: order-"));
        Assert.That(output, Does.Match(@"\n +\d+\.\d{3} s  node \d  handle order-placed.v1 of order "));
        Assert.That(output, Does.EndWith("1 of 1 seeds offend.\n"));
    }

    [TestCase("--seeds", "0")]
    [TestCase("--seed", "-1")]
    [TestCase("--seed")]
    [TestCase("--mutation", "unknown")]
    [TestCase("17")]
    public void What_cannot_be_asked_for_is_answered_in_one_sentence(params string[] args)
    {
        var (code, output, errors) = Simulate(args);

        Assert.That((code, output), Is.EqualTo((2, "")));
        Assert.That(errors, Does.Match("^simulate: [^\n]+\\.\n$"));
    }

    [Test]
    public void A_seed_alone_is_one_run_and_nothing_at_all_is_as_many_as_the_tests_play()
    {
        Assert.That(Options.Parse(["--seed", "17"]).Options, Is.EqualTo(new Options(17, 1, HasTrace: false, Mutation.None)));
        Assert.That(Options.Parse(["--seed", "17", "--seeds", "3"]).Options, Is.EqualTo(new Options(17, 3, HasTrace: false, Mutation.None)));
        Assert.That(Options.Parse([]).Options, Is.EqualTo(new Options(1, Options.SeedsDefault, HasTrace: false, Mutation.None)));
    }

    // Hashes of strings differ from process to process; a run does not.
    [Test]
    public async Task Another_process_plays_the_same_seed_to_the_same_byte()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Simulations).Assembly.Location, "--seed", "11"]) { RedirectStandardOutput = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet does not start.");
        var elsewhere = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.That(elsewhere, Is.EqualTo(Simulate("--seed", "11").Output));
        Assert.That(elsewhere, Does.Contain(Run.Of(11).Digest));
    }

    static (int Code, string Output, string Errors) Simulate(params string[] args)
    {
        var (output, errors) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        return (Simulations.Play(args, output, errors), output.ToString(), errors.ToString());
    }
}
