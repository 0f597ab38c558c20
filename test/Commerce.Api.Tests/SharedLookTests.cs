using Commerce.Api.Composition;

namespace Commerce.Api.Tests;

/// <summary>However many ask at once, one look runs at a time, and nobody is told of a moment before it asked.</summary>
public sealed class SharedLookTests
{
    SharedLook<int> _shared;
    TaskCompletionSource[] _open;
    SemaphoreSlim _begun;
    int _looks;

    [SetUp]
    public void SetUp()
    {
        _shared = new();
        _open = [.. Enumerable.Range(0, 3).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];
        _begun = new(0);
        _looks = 0;
    }

    [TearDown]
    public void TearDown() => _begun.Dispose();

    [Test]
    public async Task Those_who_ask_while_one_looks_share_the_next_look()
    {
        var first = Ask();
        await _begun.WaitAsync();
        Task<int>[] others = [.. Enumerable.Range(0, 1_000).Select(_ => Ask())];

        _open[0].SetResult();
        Assert.That(await first, Is.EqualTo(1));
        await _begun.WaitAsync();
        Assert.That(others, Has.None.Property(nameof(Task.IsCompleted)).True);

        _open[1].SetResult();
        Assert.That(await Task.WhenAll(others), Is.All.EqualTo(2));
        Assert.That(_looks, Is.EqualTo(2));
    }

    [Test]
    public async Task Whoever_asks_later_has_a_look_of_its_own()
    {
        Array.ForEach(_open, o => o.SetResult());

        Assert.That((await Ask(), await Ask(), await Ask()), Is.EqualTo((1, 2, 3)));
    }

    [Test]
    public async Task A_look_that_fails_fails_for_those_who_share_it_and_nobody_else()
    {
        var first = Ask();
        await _begun.WaitAsync();
        Task<int>[] others = [Ask(), Ask()];

        _open[0].SetException(new TimeoutException("nobody answers"));
        _open[1].SetResult();

        Assert.That(async () => await first, Throws.TypeOf<TimeoutException>());
        Assert.That(await Task.WhenAll(others), Is.All.EqualTo(2));
    }

    [Test]
    public async Task Whoever_waits_no_longer_leaves_the_others_theirs()
    {
        using var patience = new CancellationTokenSource();
        var (impatient, patient) = (Ask(patience.Token), Ask());

        await patience.CancelAsync();
        Array.ForEach(_open, o => o.SetResult());

        Assert.That(async () => await impatient, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(await patient, Is.Positive);
    }

    Task<int> Ask(CancellationToken cancellationToken = default) => _shared.Ask(
        async () =>
        {
            var look = Interlocked.Increment(ref _looks);
            _begun.Release();
            await _open[look - 1].Task;
            return look;
        },
        cancellationToken);
}
