using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Commerce.Api.Contract;

/// <summary>What the docstrings say of a type or of a field of it: the compiler writes them into a file beside the assembly. Without the file, nothing.</summary>
static partial class Documentation
{
    static readonly Lazy<Dictionary<string, XElement>> Members = new(() =>
        Path.Combine(AppContext.BaseDirectory, "Commerce.Domain.xml") is var file && File.Exists(file)
            ? XDocument.Load(file).Descendants("member").ToDictionary(m => m.Attribute("name")?.Value ?? string.Empty)
            : []);

    /// <summary>Summary of a type; of a record's field, what its parameter says.</summary>
    public static string? SummaryOf(MemberInfo member) => member switch
    {
        Type type => Text(Find($"T:{NameOf(type)}")?.Element("summary")),
        { DeclaringType: { } owner } => Text(
            Find($"T:{NameOf(owner)}")?.Elements("param").FirstOrDefault(p => p.Attribute("name")?.Value == member.Name) ?? Find($"P:{NameOf(owner)}.{member.Name}")?.Element("summary")),
        _ => null,
    };

    static XElement? Find(string name) => Members.Value.GetValueOrDefault(name);

    static string NameOf(Type type) => (type.FullName ?? type.Name).Replace('+', '.');

    // A reference to a member is its last name; blanks and line ends are one blank.
    static string? Text(XElement? element) => element is null
        ? null
        : Blanks().Replace(string.Concat(element.Nodes().Select(n => n is XElement { IsEmpty: true } see ? see.FirstAttribute?.Value.Split('.')[^1] : n is XElement inner ? inner.Value : n.ToString())), " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
