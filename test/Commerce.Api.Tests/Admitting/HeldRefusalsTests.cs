using Commerce.Api.Admission;
using Microsoft.Extensions.Time.Testing;

namespace Commerce.Api.Tests.Admitting;

/// <summary>How long claims that found no room are held.</summary>
[TestFixture]
public sealed class HeldRefusalsTests
{
    static readonly AdmissionOptions Options = new()
    {
        SaleRefusalAfter = TimeSpan.FromMilliseconds(100),
        SaleRefusalAfterMax = TimeSpan.FromMilliseconds(400),
        SaleRefusalsPerSecond = 100,
        SaleRefusalsHeld = 60,
    };

    readonly FakeTimeProvider _time = new();
    HeldRefusals _refusals = new(Options, TimeProvider.System);

    [SetUp]
    public void SetUp() => _refusals = new(Options, _time);

    [TearDown]
    public void TearDown() => _refusals.Dispose();

    [Test]
    public void One_alone_is_told_after_a_moment()
    {
        var told = _refusals.Hold();

        Pass(90);
        Assert.That((told.IsCompleted, _refusals.Count), Is.EqualTo((false, 1)));

        Pass(10);
        Assert.That((told.IsCompleted, _refusals.Count), Is.EqualTo((true, 0)));
    }

    [Test]
    public void Of_many_at_once_so_many_are_told_in_a_second_in_their_order()
    {
        var held = Hold(20);

        Pass(100);
        Assert.That(Told(held), Is.EqualTo(1));

        Pass(50);
        Assert.That((Told(held), held.Take(6).All(h => h.IsCompleted)), Is.EqualTo((6, true)));

        Pass(140);
        Assert.That(Told(held), Is.EqualTo(20));
    }

    [Test]
    public void None_is_held_longer_than_the_longest_time_however_many_there_are()
    {
        var held = Hold(60);

        Pass(390);
        Assert.That(Told(held), Is.EqualTo(30));

        Pass(10);
        Assert.That(Told(held), Is.EqualTo(60));
    }

    [Test]
    public void One_more_than_may_be_held_is_told_at_once()
    {
        var held = Hold(60);

        Assert.That((_refusals.Hold().IsCompleted, Told(held)), Is.EqualTo((true, 0)));
    }

    [Test]
    public void After_a_rush_one_is_told_as_soon_as_ever()
    {
        Hold(60);
        Pass(400);

        var told = _refusals.Hold();
        Pass(100);
        Assert.That(told.IsCompleted, Is.True);
    }

    [Test]
    public void At_the_end_all_are_told()
    {
        var held = Hold(5);

        _refusals.Dispose();

        Assert.That(Told(held), Is.EqualTo(5));
    }

    List<Task> Hold(int count) => [.. Enumerable.Range(0, count).Select(_ => _refusals.Hold())];

    void Pass(int milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    static int Told(List<Task> held) => held.Count(h => h.IsCompleted);
}
