using Commerce.Api.Cli;

namespace Commerce.Api.Tests.Cli;

/// <summary>Runs verbs in this process as a terminal would. One at a time: the console is one.</summary>
static class Terminal
{
    /// <summary>Runs a verb and hears what it says.</summary>
    public static async Task<Said> Run(params IEnumerable<string> arguments)
    {
        var (output, error) = (Console.Out, Console.Error);
        using var captured = new StringWriter();
        using var capturedError = new StringWriter();
        Console.SetOut(captured);
        Console.SetError(capturedError);
        try
        {
            return new(await CommandLine.Run([.. arguments]), captured.ToString(), capturedError.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }
}

/// <summary>What a verb said.</summary>
sealed record Said(int Code, string Output, string Error);
