using System.Text;

namespace Commerce.Api.Tests.App;

/// <summary>Hears what a test, and whatever it starts, writes to the console. The console is one for all: tests beside it write to theirs.</summary>
sealed class HeardConsole : IDisposable
{
    static readonly Ear Out = new(Console.Out);
    static readonly Ear Err = new(Console.Error);

    readonly StringWriter _output = new();
    readonly StringWriter _error = new();

    static HeardConsole()
    {
        Console.SetOut(Out);
        Console.SetError(Err);
    }

    /// <summary>Hears from now on what the calling method's flow writes.</summary>
    public HeardConsole() => (Out.Hears, Err.Hears) = (TextWriter.Synchronized(_output), TextWriter.Synchronized(_error));

    /// <summary>What was written to standard output.</summary>
    public string Output => _output.ToString();

    /// <summary>What was written to standard error.</summary>
    public string Error => _error.ToString();

    /// <summary>Hears no more.</summary>
    public void Dispose() => (Out.Hears, Err.Hears) = (null, null);

    /// <summary>Writes to whoever hears the flow that writes, threads and tasks that it started included; else to the console.</summary>
    sealed class Ear(TextWriter console) : TextWriter
    {
        readonly AsyncLocal<TextWriter?> _hears = new();

        public TextWriter? Hears
        {
            set => _hears.Value = value;
        }

        public override Encoding Encoding => console.Encoding;

        TextWriter Writer => _hears.Value ?? console;

        public override void Write(char value) => Writer.Write(value);

        public override void Write(char[] buffer, int index, int count) => Writer.Write(buffer, index, count);

        public override void Write(string? value) => Writer.Write(value);

        public override void Flush() => Writer.Flush();
    }
}
