using System.Text;

namespace Commerce.Commands.Importing;

/// <summary>One record of a CSV file, or why it is none.</summary>
/// <param name="Line">Number of its first line in the file, from 1.</param>
/// <param name="NextOffset">Byte at which the next record begins.</param>
/// <param name="NextLine">Number of the line at which the next record begins.</param>
/// <param name="Fields">Its fields; empty with a fault.</param>
/// <param name="Fault">Why it cannot be read, or null.</param>
sealed record CsvRecord(long Line, long NextOffset, long NextLine, IReadOnlyList<string> Fields, string? Fault);

/// <summary>
/// Records of RFC 4180, line by line, so that a broken one costs itself only. A quoted field may hold line breaks; a quote
/// that is not closed within <see cref="RecordLinesMax"/> lines, or whose closing leaves another number of columns, was left
/// open: its first line is at fault and reading goes on with the next line. A quote inside a field that does not begin with
/// one is taken as it stands.
/// </summary>
sealed class CsvRecords(Stream stream, int columns, long offset = 0, long linesBefore = 0)
{
    /// <summary>Lines of one record at most: a description of a product has one, seldom two.</summary>
    public const int RecordLinesMax = 8;

    static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    readonly PhysicalLines _lines = new(stream, offset, linesBefore);

    enum Outcome
    {
        Complete,
        QuoteOpen,
        TextBehindQuote,
    }

    /// <summary>The next record, or null behind the last.</summary>
    public CsvRecord? Read()
    {
        if (_lines.Peek(0) is not { } first)
        {
            return null;
        }

        var fields = new List<string>(columns);
        var (text, fault) = Decode(first);
        var lines = 1;
        if (fault is null && Split(text, fields) is var outcome and not Outcome.Complete)
        {
            lines = outcome == Outcome.QuoteOpen ? Join(text, fields) : 0;
            fault = lines > 1 ? null : outcome == Outcome.QuoteOpen ? "a quote is left open" : "text follows a closing quote";
            lines = Math.Max(lines, 1);
        }

        var last = _lines.Peek(lines - 1) ?? first;
        _lines.Advance(lines);
        return new CsvRecord(first.Number, last.NextOffset, last.Number + 1, fault is null ? fields : [], fault);
    }

    // Lines that make one record with the right number of columns, or 0.
    int Join(string first, List<string> fields)
    {
        var text = new StringBuilder(first);
        for (var ahead = 1; ahead < RecordLinesMax && _lines.Peek(ahead) is { } line && Decode(line) is (var more, null); ahead++)
        {
            text.Append('\n').Append(more);
            switch (Split(text.ToString(), fields))
            {
                case Outcome.Complete:
                    return fields.Count == columns ? ahead + 1 : 0;
                case Outcome.TextBehindQuote:
                    return 0;
            }
        }

        return 0;
    }

    static (string Text, string? Fault) Decode(PhysicalLine line)
    {
        if (line.Bytes is not { } bytes)
        {
            return (string.Empty, $"the line is longer than {PhysicalLines.LineBytesMax} bytes");
        }

        try
        {
            var span = bytes.Span;
            var text = Utf8.GetString(line.Number == 1 && span.StartsWith("\uFEFF"u8) ? span[3..] : span);
            return text.Any(c => char.IsControl(c) && c != '\t') ? (text, "the line holds a control character") : (text, null);
        }
        catch (DecoderFallbackException)
        {
            return (string.Empty, "the line is not UTF-8");
        }
    }

    static Outcome Split(string text, List<string> fields)
    {
        fields.Clear();
        for (var at = 0; ; at++)
        {
            if (at < text.Length && text[at] == '"')
            {
                var (field, end) = Quoted(text, at + 1);
                if (end < 0)
                {
                    return Outcome.QuoteOpen;
                }

                if (end < text.Length && text[end] != ',')
                {
                    return Outcome.TextBehindQuote;
                }

                fields.Add(field);
                at = end;
            }
            else
            {
                var comma = text.IndexOf(',', at);
                var end = comma < 0 ? text.Length : comma;
                fields.Add(text[at..end]);
                at = end;
            }

            if (at >= text.Length)
            {
                return Outcome.Complete;
            }
        }
    }

    // The field whose text begins here, and where its closing quote is behind; -1: it has none.
    static (string Field, int End) Quoted(string text, int start)
    {
        var field = new StringBuilder();
        for (var at = start; at < text.Length; at++)
        {
            if (text[at] != '"')
            {
                field.Append(text[at]);
            }
            else if (at + 1 < text.Length && text[at + 1] == '"')
            {
                field.Append('"');
                at++;
            }
            else
            {
                return (field.ToString(), at + 1);
            }
        }

        return (string.Empty, -1);
    }
}
