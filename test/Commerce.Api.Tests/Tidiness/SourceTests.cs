using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Commerce.Api.Tests.Tidiness;

/// <summary>Rules of the house that a reader can rely on in every file.</summary>
[TestFixture]
sealed partial class SourceTests
{
    /// <summary>More than this is more than one idea.</summary>
    const int LinesMax = 400;

    [Test]
    public void No_file_is_longer_than_400_lines()
    {
        var long_ = SourceTree.Files([], ".cs", ".cake", ".sh").Select(x => (Name: SourceTree.Name(x), Lines: File.ReadLines(x).Count())).Where(x => x.Lines > LinesMax);

        Assert.That(long_, Is.Empty);
    }

    [TestCaseSource(typeof(SourceTree), nameof(SourceTree.Products))]
    public void Every_public_member_of_a_product_is_documented(string product)
    {
        // The compiler refuses a public member without a docstring (CS1591) where it writes the documentation and nobody silences it.
        var name = SourceTree.AssemblyName(product);
        var documentation = XDocument.Load(Path.Combine(AppContext.BaseDirectory, name + ".xml"));

        Assert.That(documentation.Root?.Element("assembly")?.Element("name")?.Value, Is.EqualTo(name));
    }

    [Test]
    public void Nobody_silences_the_missing_docstring_in_a_product() =>
        Assert.That(
            SourceTree.Lines(SourceTree.Files(SourceTree.Products, ".cs", ".csproj", ".props", ".editorconfig").Concat(TopLevel()), x => x.Contains("CS1591", StringComparison.Ordinal)),
            Is.Empty);

    [Test]
    public void Warnings_are_errors_everywhere()
    {
        Assert.That(SourceTree.Lines(TopLevel(), x => x.Contains("<TreatWarningsAsErrors>true<", StringComparison.Ordinal)), Is.Not.Empty);
        Assert.That(SourceTree.Lines(SourceTree.Files([], ".csproj", ".props", ".targets"), x => WarningsLetThrough().IsMatch(x)), Is.Empty);
    }

    [Test]
    public void Nothing_is_left_to_do_in_the_source() => Assert.That(SourceTree.Lines(Code(), x => LeftToDo().IsMatch(x)), Is.Empty);

    [Test]
    public void Nobody_sleeps_on_a_thread() => Assert.That(SourceTree.Lines(Code(), x => x.Contains("Thread" + ".Sleep", StringComparison.Ordinal)), Is.Empty);

    [Test]
    public void No_source_names_a_folder_of_the_machine_it_was_written_on() =>
        Assert.That(SourceTree.Lines(Code().Concat(TopLevel()).Concat(SourceTree.Files([], ".md", ".yaml", ".cake", ".sh")), x => FolderOfAPerson().IsMatch(x)), Is.Empty);

    static IEnumerable<string> Code() => SourceTree.Files([], ".cs");

    static IEnumerable<string> TopLevel() => new[] { "Directory.Build.props", "Directory.Packages.props", ".editorconfig" }.Select(x => Path.Combine(Testing.Servers.Checkout.Root, x));

    [GeneratedRegex("<TreatWarningsAsErrors>false|<WarningsNotAsErrors>|<WarningLevel>[0-3]<")]
    private static partial Regex WarningsLetThrough();

    // Put together so that this file does not find itself. Three X are a currency of ISO 4217: that of none.
    [GeneratedRegex(@"\b(TO" + @"DO|FIX" + @"ME|HA" + @"CK)\b|NotImplemented" + @"Exception|^\s*#region")]
    private static partial Regex LeftToDo();

    [GeneratedRegex(@"(?<![\w.}/~-])/(home|root|Users|tmp|work)/\w")]
    private static partial Regex FolderOfAPerson();
}
