using System.Text.RegularExpressions;
using Commerce.Api.Cli;
using Commerce.Testing.Servers;

namespace Commerce.Api.Tests.Tidiness;

/// <summary>What the README and the pages below <c>docs/</c> name is there.</summary>
[TestFixture]
sealed partial class DocumentationTests
{
    static readonly string[] Pages = [Path.Combine(Checkout.Root, "README.md"), .. Directory.GetFiles(Path.Combine(Checkout.Root, "docs"), "*.md").Order(StringComparer.Ordinal)];

    static readonly HashSet<string> Targets = [.. Target().Matches(File.ReadAllText(Path.Combine(Checkout.Root, "build.cake"))).Select(m => m.Groups[1].Value)];

    static IEnumerable<string> Names => Pages.Select(SourceTree.Name);

    [TestCaseSource(nameof(Names))]
    public void Every_link_leads_somewhere(string page)
    {
        var path = Path.Combine(Checkout.Root, page);
        var links = Link().Matches(File.ReadAllText(path)).Select(m => m.Groups[1].Value).Where(l => !l.Contains("://", StringComparison.Ordinal));
        Assert.That(links.Where(l => !IsThere(path, l)), Is.Empty);
    }

    [Test]
    public void Every_page_is_in_the_index()
    {
        var index = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "README.md"));
        Assert.That(Pages.Skip(1).Select(p => Path.GetFileName(p)).Where(p => p != "README.md" && !index.Contains($"({p})", StringComparison.Ordinal)), Is.Empty);
    }

    [TestCaseSource(nameof(Names))]
    public void Every_target_of_the_build_that_is_named_exists(string page)
    {
        var named = BuildCall().Matches(File.ReadAllText(Path.Combine(Checkout.Root, page))).Select(m => m.Groups[1].Value).Where(t => t.Length > 0);
        Assert.That(named.Except(Targets), Is.Empty);
    }

    [TestCaseSource(nameof(Names))]
    public void Every_call_of_the_command_line_is_one_that_it_takes(string page)
    {
        var wrong = Calls(File.ReadLines(Path.Combine(Checkout.Root, page))).SelectMany(call => CommandLine.Root().Parse(call).Errors.Select(e => $"{call}: {e.Message}"));
        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void The_pages_are_read_at_all()
    {
        Assert.That(Targets, Does.Contain("run").And.Contain("test"));
        Assert.That(Pages.SelectMany(File.ReadLines).Count(line => line.StartsWith("./build.sh run ", StringComparison.Ordinal)), Is.GreaterThan(20));
        Assert.That(Calls(["```bash", "x=1 ./build.sh run audit verify --expect 'a b' | head  # all", "commerce serve --roles api", "```", "commerce serve"]), Is.EqualTo(["audit verify --expect \"a b\"", "serve --roles api"]));
        Assert.That(CommandLine.Root().Parse("audit verify --expekt x").Errors, Is.Not.Empty);
    }

    /// <summary>The arguments of each call of the application in the blocks for the shell, without comment and what follows in the shell.</summary>
    static IEnumerable<string> Calls(IEnumerable<string> lines)
    {
        var isCode = false;
        foreach (var line in lines)
        {
            isCode = line.StartsWith("```", StringComparison.Ordinal) ? line == "```bash" : isCode;
            if (isCode && ApplicationCall().Match(line) is { Success: true } call)
            {
                yield return Placeholder().Replace(call.Groups[1].Value, Guid.Empty.ToString()).Trim().Replace('\'', '"');
            }
        }
    }

    static bool IsThere(string page, string link)
    {
        var (file, anchor) = link.Split('#') is [var f, var a] ? (f, a) : (link, null);
        var target = file.Length == 0 ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page) ?? ".", file));
        return (File.Exists(target) || Directory.Exists(target)) && (anchor is null || File.ReadLines(target).Where(l => l.StartsWith('#')).Any(l => Slug(l) == anchor));
    }

    // As GitHub makes anchors of headings.
    static string Slug(string heading) => NoSlug().Replace(heading.TrimStart('#').Trim().ToLowerInvariant(), string.Empty).Replace(' ', '-');

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("Task\\(\"([a-z-]+)\"\\)\\.Description")]
    private static partial Regex Target();

    [GeneratedRegex(@"\./build\.sh(?: ([a-z-]+))?")]
    private static partial Regex BuildCall();

    [GeneratedRegex(@"(?:^|\s)(?:\./build\.sh run|commerce) ((?:'[^']*'|""[^""]*""|[^#;|&>'""])*)")]
    private static partial Regex ApplicationCall();

    [GeneratedRegex(@"\bID\b")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoSlug();
}
