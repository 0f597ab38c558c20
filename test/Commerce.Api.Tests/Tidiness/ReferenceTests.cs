using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Commerce.Testing.Servers;

namespace Commerce.Api.Tests.Tidiness;

/// <summary>Arrows go one way: Api → Projections, Commands → Domain; and the contexts of the domain do not know each other.</summary>
[TestFixture]
sealed partial class ReferenceTests
{
    static readonly Dictionary<string, string[]> MayReference = new()
    {
        ["Commerce.Domain"] = [],
        ["Commerce.Commands"] = ["Commerce.Domain"],
        ["Commerce.Projections"] = ["Commerce.Domain"],
        ["Commerce.Api"] = ["Commerce.Domain", "Commerce.Commands", "Commerce.Projections"],
    };

    /// <summary>What coordinates the contexts, or holds them against the world outside; they do not know of it.</summary>
    static readonly string[] Coordinators = ["Fulfilment", "Reconciliation"];

    /// <summary>Folders of the domain that are no context: the port and the shape of snapshots that all share, and what the compiler leaves.</summary>
    static readonly string[] NoContexts = ["Log", "Snapshots", "bin", "obj"];

    // Every folder is one, so that a new context is held to the rule from its first file.
    static readonly string[] Contexts =
        [.. Directory.EnumerateDirectories(Path.Combine(Checkout.Root, "Commerce.Domain")).Select(x => Path.GetFileName(x)).Except(Coordinators).Except(NoContexts).Order()];

    [Test]
    public void The_domain_has_contexts() => Assert.That(Contexts, Is.SupersetOf(new[] { "Catalog", "Inventory", "Orders", "Payments" }));

    [TestCaseSource(typeof(SourceTree), nameof(SourceTree.Products))]
    public void A_project_references_only_those_below_it(string product)
    {
        var project = XDocument.Load(Path.Combine(Checkout.Root, product, product + ".csproj"));
        var referenced = project.Descendants("ProjectReference").Select(x => Path.GetFileNameWithoutExtension(x.Attribute("Include")?.Value ?? ""));

        Assert.That(referenced, Is.SubsetOf(MayReference[product]));
    }

    [TestCaseSource(typeof(SourceTree), nameof(SourceTree.Products))]
    public void An_assembly_references_only_those_below_it(string product)
    {
        var ours = SourceTree.Products.ToDictionary(SourceTree.AssemblyName);
        var referenced = SourceTree.Assembly(product).GetReferencedAssemblies().Select(x => x.Name ?? "").Where(ours.ContainsKey).Select(x => ours[x]);

        Assert.That(referenced, Is.SubsetOf(MayReference[product]));
    }

    [Test]
    public void The_domain_uses_nothing_but_the_base_library()
    {
        var project = XDocument.Load(Path.Combine(Checkout.Root, "Commerce.Domain", "Commerce.Domain.csproj"));

        Assert.That(project.Descendants("PackageReference").Concat(project.Descendants("FrameworkReference")), Is.Empty);
        Assert.That(SourceTree.Assembly("Commerce.Domain").GetReferencedAssemblies().Select(x => x.Name), Is.All.StartsWith("System."));
    }

    [TestCaseSource(nameof(Contexts))]
    public void A_context_names_no_other_in_its_source(string context)
    {
        var folder = Path.Combine("Commerce.Domain", context);
        var foreign = Foreign(context);

        Assert.That(SourceTree.Lines(SourceTree.Files([folder], ".cs"), line => NamespaceOfDomain().Matches(line).Any(x => foreign.Contains(x.Groups[1].Value))), Is.Empty);
    }

    [TestCaseSource(nameof(Contexts))]
    public void A_contexts_types_mention_no_type_of_another(string context)
    {
        var foreign = Foreign(context).Select(x => "Commerce.Domain." + x).ToHashSet();
        var mentions = from type in SourceTree.Assembly("Commerce.Domain").GetTypes()
                       where type.Namespace == "Commerce.Domain." + context
                       from other in Mentioned(type)
                       where other.Namespace is { } space && foreign.Contains(space)
                       select $"{type} → {other}";

        Assert.That(mentions.Distinct(), Is.Empty);
    }

    static IEnumerable<string> Foreign(string context) => Contexts.Concat(Coordinators).Where(x => x != context);

    const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    static IEnumerable<Type> Mentioned(Type type)
    {
        var methods = type.GetMethods(Everything).Cast<MethodBase>().Concat(type.GetConstructors(Everything)).ToList();
        return type.GetFields(Everything).Select(x => x.FieldType)
            .Concat(methods.SelectMany(x => x.GetParameters()).Select(x => x.ParameterType))
            .Concat(methods.OfType<MethodInfo>().Select(x => x.ReturnType))
            .Concat(methods.Select(x => x.GetMethodBody()).SelectMany(x => x?.LocalVariables ?? []).Select(x => x.LocalType))
            .Concat(type.GetInterfaces())
            .Append(type.BaseType ?? typeof(object))
            .SelectMany(Parts);
    }

    static IEnumerable<Type> Parts(Type type) => type.HasElementType && type.GetElementType() is { } element
        ? Parts(element)
        : type.GetGenericArguments().Where(x => !x.IsGenericParameter).SelectMany(Parts).Append(type);

    [GeneratedRegex(@"Commerce\.Domain\.(\w+)")]
    private static partial Regex NamespaceOfDomain();
}
