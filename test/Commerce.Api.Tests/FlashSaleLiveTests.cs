using System.Text;
using Commerce.Api.Endpoints;
using Commerce.Domain;
using Commerce.Projections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;

namespace Commerce.Api.Tests;

/// <summary>What listeners of a sale are told, when, and for how long: on a clock that only the test moves.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FlashSaleLiveTests
{
    static readonly FlashSaleId Sale = new(new Guid("01900000-0000-7000-8000-00000000005a"));

    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 27, 12, 0, 0, TimeSpan.Zero));

    FlashSaleView _view = new() { Id = Sale.Value, Position = 7, Units = 5, IsStocked = true, Closes = DateTimeOffset.MaxValue };

    int _reads;

    [Test]
    public async Task Only_so_many_listen_at_once_and_a_place_that_is_given_up_is_free_again()
    {
        var live = Live();
        Assert.That(Enumerable.Range(0, FlashSaleLive.ListenersMax).All(_ => live.TryEnter()), Is.True);
        Assert.That(live.TryEnter(), Is.False);
        live.Leave();
        Assert.That((live.TryEnter(), live.TryEnter()), Is.EqualTo((true, false)));

        // Who is done gives its place up, whatever ended it.
        var stream = new LiveStream(Nothing(), live.Leave, _time);
        await stream.ExecuteAsync(new DefaultHttpContext { Response = { Body = new MemoryStream() } });
        Assert.That(live.TryEnter(), Is.True);
    }

    [Test]
    public async Task Without_news_a_listener_is_sent_a_comment_every_fifteen_seconds()
    {
        await using var news = Live().Listen(Sale, heard: 7, default).GetAsyncEnumerator();
        var next = news.MoveNextAsync().AsTask();
        await Pass(FlashSaleLive.HeartbeatEvery - FlashSaleLive.LookEvery);
        Assert.That(next.IsCompleted, Is.False);
        await Pass(FlashSaleLive.LookEvery * 2);
        Assert.That((await next, news.Current), Is.EqualTo((true, new LiveNews.None())));
        Assert.That(await Told(news.Current), Is.EqualTo(": heartbeat\n\n"));

        _view = _view with { Position = 8, Remaining = 4 };
        next = news.MoveNextAsync().AsTask();
        await Pass(FlashSaleLive.LookEvery);
        Assert.That(await next, Is.True);
        Assert.That(await Told(news.Current), Does.StartWith("event: figures\ndata: {").And.Contain("\"remaining\":4").And.EndsWith("}\nid: 8\n\n"));
    }

    [Test]
    public async Task It_ends_with_the_figures_of_the_closed_sale()
    {
        await using var news = Live().Listen(Sale, heard: 0, default).GetAsyncEnumerator();
        Assert.That(await news.MoveNextAsync(), Is.True);
        _view = _view with { Position = 9, IsClosed = true };
        var last = news.MoveNextAsync().AsTask();
        await Pass(FlashSaleLive.LookEvery);
        Assert.That((await last, (news.Current as LiveNews.Figures)?.Now.Status), Is.EqualTo((true, "closed")));
        Assert.That(await news.MoveNextAsync(), Is.False);
    }

    [Test]
    public async Task After_ten_minutes_a_listener_has_to_come_again()
    {
        await using var news = Live().Listen(Sale, heard: 7, default).GetAsyncEnumerator();
        var next = news.MoveNextAsync().AsTask();
        for (var passed = TimeSpan.Zero; passed < FlashSaleLive.ListeningMax; passed += FlashSaleLive.LookEvery)
        {
            if (next.IsCompleted)
            {
                Assert.That(await next, Is.True, "It ended before its time.");
                next = news.MoveNextAsync().AsTask();
            }

            await Pass(FlashSaleLive.LookEvery);
        }

        // A heartbeat may have been on its way.
        while (await next.WaitAsync(TimeSpan.FromSeconds(30)))
        {
            next = news.MoveNextAsync().AsTask();
        }
    }

    [Test]
    public async Task However_many_listen_a_sale_is_read_once_at_a_time()
    {
        var live = Live();
        foreach (var _ in Enumerable.Range(0, 100))
        {
            await using var news = live.Listen(Sale, heard: 0, default).GetAsyncEnumerator();
            Assert.That(await news.MoveNextAsync(), Is.True);
        }

        Assert.That(_reads, Is.EqualTo(1));
    }

    [Test]
    public async Task A_listener_that_takes_nothing_is_let_go_and_leaves_its_place()
    {
        var left = 0;
        var full = new FullBody();
        var gone = new Gone();
        var context = new DefaultHttpContext { Response = { Body = full } };
        context.Features.Set<IHttpRequestLifetimeFeature>(gone);
        var telling = new LiveStream(Live().Listen(Sale, heard: 0, default), () => left++, _time).ExecuteAsync(context);
        await full.Waiting;
        Assert.That((telling.IsCompleted, gone.IsAborted), Is.EqualTo((false, false)));

        _time.Advance(LiveStream.TakeMax);
        await telling;
        Assert.That((gone.IsAborted, left), Is.EqualTo((true, 1)));
    }

    FlashSaleLive Live() => new((_, _) => Task.FromResult(Interlocked.Increment(ref _reads) > 0 ? _view : null), _time, default);

    // Bit by bit: each step lets whoever waits for the one before go on.
    async Task Pass(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += FlashSaleLive.LookEvery)
        {
            _time.Advance(FlashSaleLive.LookEvery);
            await Task.Yield();
        }
    }

    async Task<string> Told(LiveNews news)
    {
        var body = new MemoryStream();
        await new LiveStream(Once(news), () => { }, _time).ExecuteAsync(new DefaultHttpContext { Response = { Body = body } });
        return Encoding.UTF8.GetString(body.ToArray());
    }

    static async IAsyncEnumerable<LiveNews> Once(LiveNews news)
    {
        await Task.CompletedTask;
        yield return news;
    }

    static async IAsyncEnumerable<LiveNews> Nothing()
    {
        await Task.CompletedTask;
        yield break;
    }

    /// <summary>A connection whose other end takes nothing.</summary>
    sealed class FullBody : MemoryStream
    {
        readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Waiting => _waiting.Task;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _waiting.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }

    sealed class Gone : IHttpRequestLifetimeFeature
    {
        public bool IsAborted { get; private set; }

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => IsAborted = true;
    }
}
