using Commerce.Testing.Servers;

namespace Commerce.Api.Tests.Fuzz;

/// <summary>
/// Requests of every kind to every address of the contract, and beside it: nothing of it makes the application fail, hang, tell of its inside,
/// keep memory or do a wrong sum.
/// </summary>
[TestFixture]
public sealed class FuzzTests
{
    const int Seed = 20261126;
    const int Requests = 100_000;

    [Test]
    public async Task Whatever_is_sent_is_answered_with_a_known_code_and_leaves_nothing_behind()
    {
        await using var database = await PostgresForTests.CreateDatabase();
        using var process = FuzzProcess.Start(Seed, Requests, database.ConnectionString);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();

        await TestContext.Out.WriteLineAsync(await output);
        Assert.That(process.ExitCode, Is.Zero, $"Seed {Seed}:\n{await output}\n{await error}");
    }
}
