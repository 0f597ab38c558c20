using System.Reflection;
using Commerce.Testing.Servers;

namespace Commerce.Api.Tests.Tidiness;

/// <summary>What the tidiness tests look at: the files of the working copy, without what builds make.</summary>
static class SourceTree
{
    public static readonly string[] Products = ["Commerce.Domain", "Commerce.Commands", "Commerce.Projections", "Commerce.Api"];

    static readonly string[] Made = ["bin", "obj", ".commerce", ".git", ".tools", "artifacts", "node_modules"];

    /// <summary>Files below <paramref name="folders"/> of the working copy (none: all of it) whose names end with one of <paramref name="endings"/>.</summary>
    public static IEnumerable<string> Files(string[] folders, params string[] endings) =>
        (folders.Length == 0 ? [Checkout.Root] : folders.Select(x => Path.Combine(Checkout.Root, x)))
        .SelectMany(Below)
        .Where(x => endings.Any(ending => x.EndsWith(ending, StringComparison.Ordinal)));

    public static string Name(string path) => Path.GetRelativePath(Checkout.Root, path);

    public static Assembly Assembly(string product) => System.Reflection.Assembly.Load(AssemblyName(product));

    public static string AssemblyName(string product) => product == "Commerce.Api" ? "commerce" : product;

    /// <summary>Each line of <paramref name="files"/> that <paramref name="offends"/>, as file:line.</summary>
    public static IEnumerable<string> Lines(IEnumerable<string> files, Func<string, bool> offends) =>
        from file in files
        from line in File.ReadLines(file).Select((text, index) => (text, index))
        where offends(line.text)
        select $"{Name(file)}:{line.index + 1}: {line.text.Trim()}";

    static IEnumerable<string> Below(string folder) => Directory.EnumerateFiles(folder).Concat(
        Directory.EnumerateDirectories(folder).Where(x => !Made.Contains(Path.GetFileName(x))).SelectMany(Below));
}
