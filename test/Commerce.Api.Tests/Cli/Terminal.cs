using Commerce.Api.Cli;
using Commerce.Api.Tests.App;

namespace Commerce.Api.Tests.Cli;

/// <summary>Runs verbs in this process as a terminal would.</summary>
static class Terminal
{
    /// <summary>Runs a verb and hears what it says.</summary>
    public static async Task<Said> Run(params IEnumerable<string> arguments)
    {
        using var console = new HeardConsole();
        return new(await CommandLine.Run([.. arguments]), console.Output, console.Error);
    }
}

/// <summary>What a verb said.</summary>
sealed record Said(int Code, string Output, string Error);
