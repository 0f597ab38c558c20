using Commerce.Commands.Sagas.Relay;
using Commerce.Domain.Log;

namespace Commerce.Commands.Tests.Sagas;

[TestFixture]
public sealed class RelayWindowTests
{
    [Test]
    public async Task The_checkpoint_passes_only_what_has_nothing_undone_before_it()
    {
        using var window = new RelayWindow(LogPosition.Start, 10);
        var one = await window.Enter(new LogPosition(1), default);
        window.Pass(new LogPosition(2));
        var three = await window.Enter(new LogPosition(3), default);
        window.Pass(new LogPosition(4));

        window.Done(three);
        Assert.That(window.Checkpoint, Is.EqualTo(LogPosition.Start));
        window.Done(one);
        Assert.That(window.Checkpoint, Is.EqualTo(new LogPosition(4)));
    }

    [Test]
    public async Task A_full_window_makes_the_reader_wait()
    {
        using var window = new RelayWindow(LogPosition.Start, 1);
        var one = await window.Enter(new LogPosition(1), default);
        var next = window.Enter(new LogPosition(2), default).AsTask();
        Assert.That(next.IsCompleted, Is.False);
        window.Done(one);
        Assert.That((await next).Position, Is.EqualTo(new LogPosition(2)));
    }

    [Test]
    public async Task Who_is_late_finds_a_closed_window_closed()
    {
        var window = new RelayWindow(LogPosition.Start, 1);
        var one = await window.Enter(new LogPosition(1), default);
        window.Dispose();
        window.Done(one);
        Assert.That(window.Checkpoint, Is.EqualTo(LogPosition.Start));
    }
}
