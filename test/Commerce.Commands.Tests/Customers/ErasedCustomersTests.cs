using Commerce.Commands.Customers;
using Commerce.Domain;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Commands.Tests.Customers;

/// <summary>Who is erased, as those who take orders know it.</summary>
public sealed class ErasedCustomersTests
{
    static readonly CustomerId Ann = CustomerId.Of("ann");
    static readonly CustomerId Bob = CustomerId.Of("bob");

    InMemoryPersonalKeys _keys = null!;

    [SetUp]
    public void Begin() => _keys = new();

    [Test]
    public async Task Those_erased_before_are_known_from_the_start_and_those_erased_elsewhere_after_a_look()
    {
        await _keys.Destroy(Ann, default);
        using var erased = Known();
        await erased.StartAsync(default);
        Assert.That((await erased.Has(Ann, default), await erased.Has(Bob, default)), Is.EqualTo((true, false)));

        await _keys.Destroy(Bob, default);
        using var limit = new CancellationTokenSource(ErasedCustomers.LookEvery * 60);
        while (!await erased.Has(Bob, default))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
        }

        await erased.StopAsync(default);
    }

    [Test]
    public async Task Who_was_erased_here_is_known_at_once()
    {
        using var erased = Known();
        erased.Add(Ann);
        Assert.That(await erased.Has(Ann, default), Is.True);
    }

    [Test]
    public async Task Where_there_are_more_than_are_kept_the_others_are_asked_for()
    {
        foreach (var n in Enumerable.Range(0, 5))
        {
            await _keys.Destroy(CustomerId.Of($"c{n}"), default);
        }

        using var erased = Known(knownMax: 2);
        await erased.StartAsync(default);
        foreach (var n in Enumerable.Range(0, 5))
        {
            Assert.That(await erased.Has(CustomerId.Of($"c{n}"), default), Is.True, $"c{n}");
        }

        Assert.That(await erased.Has(Ann, default), Is.False);
        await erased.StopAsync(default);
    }

    ErasedCustomers Known(int knownMax = ErasedCustomers.KnownMax) => new(_keys, TimeProvider.System, NullLogger<ErasedCustomers>.Instance, knownMax);
}
