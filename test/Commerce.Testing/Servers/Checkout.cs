namespace Commerce.Testing.Servers;

/// <summary>Where this working copy lies.</summary>
public static class Checkout
{
    /// <summary>The folder of the solution file.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A folder for what tests leave behind, which version control ignores and the target <c>clean</c> removes.</summary>
    public static string TestData(string name) => Path.Combine(Root, ".commerce", "tests", name);

    static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Commerce.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException($"No Commerce.sln above {AppContext.BaseDirectory}: tests run within the working copy.");
    }
}
