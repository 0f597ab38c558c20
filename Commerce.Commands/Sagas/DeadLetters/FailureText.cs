using System.Text;

namespace Commerce.Commands.Sagas.DeadLetters;

/// <summary>A failure in one line for operators; the stack trace is in the process's own log.</summary>
static class FailureText
{
    /// <summary>Characters that are kept.</summary>
    public const int LengthMax = 1_000;

    public static string Of(Exception failure) => Line($"{failure.GetType().Name}: {failure.Message}");

    /// <summary>Without control characters and halves of characters, which a database does not take.</summary>
    public static string Line(string text)
    {
        var line = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (line.Length + rune.Utf16SequenceLength > LengthMax)
            {
                break;
            }

            line.Append(Rune.IsControl(rune) ? " " : rune.ToString());
        }

        return line.ToString().Trim();
    }
}
