using Commerce.Api.Grpc;
using Commerce.Api.Grpc.Incoming;
using Commerce.Api.Grpc.Services;
using Commerce.Commands.EventLog.InMemory;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Tests.Grpc;

/// <summary>Clients of open calls that take nothing or say nothing, on a clock that only the test moves.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class GrpcPressureTests : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    readonly WatchedTime _time = new();

    readonly FakeCall _call = new();

    readonly ApplicationLifetime _lifetime = new(NullLogger<ApplicationLifetime>.Instance);

    public void Dispose() => _call.Dispose();

    [Test]
    public async Task A_follower_that_takes_nothing_is_let_go()
    {
        var followers = new LogFollowers(new InMemoryEventLog(_time), _time, _lifetime);
        var following = followers.Follow(new(), new FullWriter<Wire.Followed>(), _call);
        await _time.Waits(GrpcLimits.TakeMax).WaitAsync(Patience);
        _time.Advance(GrpcLimits.TakeMax - Moment);
        Assert.That((following.IsCompleted, _call.IsAborted), Is.EqualTo((false, false)));

        _time.Advance(Moment);
        Assert.That(await ReasonOf(following), Is.EqualTo("listener-too-slow"));
        Assert.That(_call.IsAborted, Is.True);
    }

    [Test]
    public async Task Of_a_client_that_takes_no_answers_no_more_commands_are_read_and_it_is_let_go()
    {
        var commands = new Sender();
        var running = Commands().Run(commands, new FullWriter<Wire.CommandAnswer>(), _call);
        await _time.Waits(GrpcLimits.TakeMax).WaitAsync(Patience);

        _time.Advance(GrpcLimits.TakeMax);
        Assert.ThrowsAsync(Is.InstanceOf<OperationCanceledException>(), () => running.WaitAsync(Patience));
        Assert.That((_call.IsAborted, commands.Sent), Is.EqualTo((true, GrpcLimits.StreamCommandsMax + 1)), "Beside those under way one is read that waits for a place.");
    }

    [Test]
    public async Task However_fast_answers_come_no_more_than_a_bounded_number_waits_to_be_sent_together()
    {
        var answers = new GatheringWriter<Wire.CommandAnswer>();
        await Commands().Run(new Sender(commandsMax: 100 * GrpcLimits.AnswersTogetherMax, isAll: true), answers, _call).WaitAsync(Patience);
        Assert.That(answers.Written, Is.EqualTo(100 * GrpcLimits.AnswersTogetherMax));
        Assert.That(answers.GatheredMost, Is.InRange(1, GrpcLimits.AnswersTogetherMax));
    }

    [Test]
    public async Task A_client_that_sends_no_command_for_long_has_its_answers_and_is_let_go()
    {
        var answers = new Taker<Wire.CommandAnswer>();
        var running = Commands().Run(new Sender(commandsMax: 3), answers, _call);
        await _time.Waits(GrpcLimits.StreamIdleMax).WaitAsync(Patience);
        _time.Advance(GrpcLimits.StreamIdleMax - Moment);
        Assert.That(running.IsCompleted, Is.False);

        _time.Advance(Moment);
        Assert.That(await ReasonOf(running), Is.EqualTo("stream-idle"));
        Assert.That(answers.Taken.Select(a => (a.Id, a.Refused.Reason)), Is.EqualTo(new[] { (1UL, "command-unknown"), (2UL, "command-unknown"), (3UL, "command-unknown") }));
    }

    [Test]
    public async Task When_the_process_ends_open_calls_are_told_to_come_again()
    {
        using var other = new FakeCall();
        var running = Commands().Run(new Sender(commandsMax: 0), new Taker<Wire.CommandAnswer>(), _call);
        var following = new LogFollowers(new InMemoryEventLog(_time), _time, _lifetime).Follow(new(), new Taker<Wire.Followed>(), other);
        _lifetime.StopApplication();
        Assert.That((await ReasonOf(running), await ReasonOf(following)), Is.EqualTo(("stopping", "stopping")));
    }

    // What is sent here holds no command, so nobody is asked to decide it.
    CommandStream Commands() => new(new(null!, null!, null!, null!), new(new(), _time), new(_time, NullLogger<GrpcErrors>.Instance), _time, _lifetime);

    static async Task<string?> ReasonOf(Task call)
    {
        var refused = await GrpcTest.Catch(() => call.WaitAsync(Patience));
        return refused.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason;
    }

    /// <summary>Sends one empty command after the other, and is silent then, unless these are all.</summary>
    sealed class Sender(int commandsMax = int.MaxValue, bool isAll = false) : IAsyncStreamReader<Wire.Command>
    {
        public int Sent { get; private set; }

        public Wire.Command Current => new() { Id = (ulong)Sent };

        public Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            if (Sent == commandsMax)
            {
                return isAll ? Task.FromResult(false) : new TaskCompletionSource<bool>().Task;
            }

            Sent++;
            return Task.FromResult(true);
        }
    }

    /// <summary>Takes what it is sent.</summary>
    sealed class Taker<T> : IServerStreamWriter<T>
    {
        public List<T> Taken { get; } = [];

        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(T message)
        {
            Taken.Add(message);
            return Task.CompletedTask;
        }

        public Task WriteAsync(T message, CancellationToken cancellationToken) => WriteAsync(message);
    }

    /// <summary>A connection that keeps what it is to gather until the next is sent, and is slower than answers come.</summary>
    sealed class GatheringWriter<T> : IServerStreamWriter<T>
    {
        int _gathered;

        /// <summary>Messages that were sent together, at most.</summary>
        public int GatheredMost { get; private set; }

        public int Written { get; private set; }

        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(T message) => WriteAsync(message, default);

        public async Task WriteAsync(T message, CancellationToken cancellationToken)
        {
            Written++;
            GatheredMost = Math.Max(GatheredMost, ++_gathered);
            _gathered = WriteOptions?.Flags.HasFlag(WriteFlags.BufferHint) is true ? _gathered : 0;
            await Task.Yield();
        }
    }

    /// <summary>A connection whose other end takes nothing.</summary>
    sealed class FullWriter<T> : IServerStreamWriter<T>
    {
        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(T message) => Task.Delay(Timeout.Infinite);

        public Task WriteAsync(T message, CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
