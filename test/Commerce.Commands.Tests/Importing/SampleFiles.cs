namespace Commerce.Commands.Tests.Importing;

/// <summary>The made-up files in a folder of their own.</summary>
sealed class SampleFiles : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("import-").FullName;

    public SampleFiles() => Paths = [Write("day1.csv", RetailSamples.Day1), Write("day2.csv", RetailSamples.Day2)];

    /// <summary>Two days of trade.</summary>
    public IReadOnlyList<string> Paths { get; }

    /// <summary>One more file.</summary>
    public string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
