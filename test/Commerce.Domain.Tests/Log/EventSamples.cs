using System.Collections.Immutable;
using System.Reflection;
using Commerce.Domain.Customers;
using Commerce.Domain.Links;
using Commerce.Domain.Log;

namespace Commerce.Domain.Tests.Log;

/// <summary>Makes an event of any type: each field is filled by its type, from a sequence of choices.</summary>
sealed class EventSamples(Func<int, int> choose, bool isMissingAllowed)
{
    static readonly Currency[] Currencies = [Currency.Of("GBP"), Currency.Of("JPY"), Currency.Of("BHD")];
    static readonly string[] Words = ["text", "Dotcomgiftshop 🎁 café", "<&\"'\\/>+", "a\tb\u2028", "", "EIRE"];

    /// <summary>A sample that is the same for ever: every field is there, and no two numbers in it are alike by chance.</summary>
    public static object Of(Type type)
    {
        var next = 0;
        return new EventSamples(max => max == int.MaxValue ? ++next : 0, isMissingAllowed: false).Make(type);
    }

    /// <summary>A sample with all that can be in such an event.</summary>
    public static object Of(Type type, Random random) => new EventSamples(random.Next, isMissingAllowed: true).Make(type);

    object Make(Type type) => type switch
    {
        _ when type == typeof(string) => Words[choose(Words.Length)],
        _ when type == typeof(int) => choose(int.MaxValue),
        _ when type == typeof(long) => (long)choose(int.MaxValue),
        _ when type == typeof(bool) => choose(2) == 1,
        _ when type == typeof(Guid) => new Guid(choose(int.MaxValue), 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]),
        _ when type == typeof(DateTimeOffset) => new DateTimeOffset(2026, 11, 2, 9, 0, 0, TimeSpan.Zero).AddTicks(choose(int.MaxValue)),
        _ when type == typeof(DateOnly) => new DateOnly(2026, 11, 2).AddDays(choose(int.MaxValue) % 1_000),
        _ when type == typeof(decimal) => choose(int.MaxValue) / 10_000m,
        _ when type == typeof(Sku) => Sku.Of($"sku-{choose(int.MaxValue)}"),
        _ when type == typeof(StreamName) => StreamName.For("order", $"{choose(int.MaxValue)}"),
        _ when type == typeof(LinkCode) => LinkCode.Parse("Commerce123K", null),
        _ when type == typeof(LocationId) => LocationId.Of("main"),
        _ when type == typeof(PersonalData) => PersonalData.Of([PersonalData.Version, .. Enumerable.Range(0, PersonalData.OverheadBytes).Select(n => (byte)(choose(int.MaxValue) + n))]),
        _ when type == typeof(CustomerId) => CustomerId.Of($"customer.{choose(int.MaxValue)}"),
        _ when type == typeof(Currency) => Currencies[choose(Currencies.Length)],
        { IsEnum: true } => Enum.GetValues(type).GetValue(choose(Enum.GetValues(type).Length)) ?? throw new AssertionException($"{type} is empty."),
        { IsGenericType: true } when type.GetGenericTypeDefinition() == typeof(ImmutableArray<>) => MakeArray(type.GetGenericArguments()[0]),
        _ => Construct(type),
    };

    object MakeArray(Type element)
    {
        var items = Array.CreateInstance(element, isMissingAllowed ? choose(4) : 2);
        for (var n = 0; n < items.Length; n++)
        {
            items.SetValue(Make(element), n);
        }

        var create = typeof(ImmutableArray).GetMethods().Single(m => m is { Name: nameof(ImmutableArray.Create), IsGenericMethod: true } && m.GetParameters() is [{ ParameterType.IsArray: true } p] && p.Name == "items");
        return create.MakeGenericMethod(element).Invoke(null, [items]) ?? throw new AssertionException($"No array of {element}.");
    }

    object Construct(Type type)
    {
        var constructor = type.GetConstructors().MaxBy(c => c.GetParameters().Length) ?? throw new AssertionException($"{type} cannot be made: teach the samples its type.");
        return constructor.Invoke([.. constructor.GetParameters().Select(Argument)]);
    }

    object? Argument(ParameterInfo parameter)
    {
        var inner = Nullable.GetUnderlyingType(parameter.ParameterType);
        var mayBeMissing = inner is not null || new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable;
        return mayBeMissing && isMissingAllowed && choose(3) == 0 ? null : Make(inner ?? parameter.ParameterType);
    }
}
