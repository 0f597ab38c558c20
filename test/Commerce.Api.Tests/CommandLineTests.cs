using Commerce.Api.Tests.Cli;

namespace Commerce.Api.Tests;

[TestFixture]
public sealed class CommandLineTests
{
    [TestCase("--help")]
    [TestCase("serve", "--help")]
    public async Task Every_verb_explains_itself(params string[] arguments)
    {
        var (code, output, _) = await Terminal.Run(arguments);
        Assert.That(code, Is.Zero);
        Assert.That(output, Does.Contain("--postgres").And.Contain("--roles"));
    }

    [TestCase("sell")]
    [TestCase("serve", "--rolls", "api")]
    [TestCase("serve", "--log", "kafka://host")]
    [TestCase("serve", "--roles", "cashier")]
    [TestCase("serve", "--postgres", "Host=127.0.0.1;Port=1;Timeout=1", "--roles", "api")]
    public async Task What_cannot_be_done_is_told_in_one_sentence_and_exit_code_2(params string[] arguments)
    {
        var (code, _, error) = await Terminal.Run(arguments);
        Assert.That(code, Is.EqualTo(2), error);
        Assert.That(error, Does.Contain("commerce: ").And.Not.Contain("   at "));
    }

    [Test]
    public async Task A_taken_address_is_told_in_one_sentence()
    {
        var taken = SharedApp.App.Http.BaseAddress?.ToString().TrimEnd('/') ?? string.Empty;
        var (code, _, error) = await Terminal.Run(["serve", "--postgres", SharedApp.App.Host.ConnectionString, "--roles", "api", "--urls", taken]);
        Assert.That(code, Is.EqualTo(2), error);
        Assert.That(error.Trim().Split('\n')[^1], Does.StartWith("commerce: ").And.Contain("already in use"));
        Assert.That(error, Does.Not.Contain("   at "));
    }
}
