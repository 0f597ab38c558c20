using System.Reflection;
using Commerce.Api.Http;
using Commerce.Commands.Handling;
using Commerce.Domain;

namespace Commerce.Api.Tests.Fuzz;

/// <summary>Every code that a refusal may have: of the API's problems, and of the rules of the domain.</summary>
static class KnownCodes
{
    const BindingFlags Static = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>All of them, in order.</summary>
    public static SortedSet<string> All { get; } = new(Types().SelectMany(CodesOf).Where(c => c.Length > 0), StringComparer.Ordinal);

    static IEnumerable<Type> Types() =>
        new[] { typeof(Problem).Assembly, typeof(CommandOutcome).Assembly, typeof(Rejection).Assembly }.Distinct().SelectMany(a => a.GetTypes()).Where(t => !t.ContainsGenericParameters);

    static IEnumerable<string> CodesOf(Type type) =>
    [
        .. type.GetFields(Static).Where(f => IsRefusal(f.FieldType)).Select(f => CodeOf(f.GetValue(null))),
        .. type.GetFields(Static).Where(f => f.FieldType == typeof(string) && f.Name.EndsWith("Code", StringComparison.Ordinal)).Select(f => f.GetValue(null) as string ?? string.Empty),
        .. type.GetMethods(Static).Where(m => IsRefusal(m.ReturnType) && !m.ContainsGenericParameters).Select(Made),
    ];

    static bool IsRefusal(Type type) => type == typeof(Problem) || type == typeof(Rejection);

    static string CodeOf(object? refusal) => (refusal as Problem)?.Code ?? (refusal as Rejection)?.Code ?? string.Empty;

    // One that cannot be made of nothing has its code as a constant, or passes on another's.
    static string Made(MethodInfo method)
    {
        try
        {
            return CodeOf(method.Invoke(null, [.. method.GetParameters().Select(p => Default(p.ParameterType))]));
        }
        catch (Exception e) when (e is TargetInvocationException or ArgumentException or NotSupportedException)
        {
            return string.Empty;
        }
    }

    static object? Default(Type type) => type.IsValueType ? Activator.CreateInstance(type) : type == typeof(string) ? "a" : type.IsAssignableFrom(typeof(string[])) ? Array.Empty<string>() : null;
}
