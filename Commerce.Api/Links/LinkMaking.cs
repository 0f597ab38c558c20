using Commerce.Api.Endpoints;
using Commerce.Api.Http;
using Commerce.Api.Security;
using Commerce.Commands.Handling;
using Commerce.Domain.Links;
using Commerce.Domain.Orders;

namespace Commerce.Api.Links;

/// <summary>Makes short links.</summary>
sealed class LinkMaking(CommandProcessor commands, LinkTargets targets, LinkDirectory directory, TimeProvider time)
{
    static readonly Problem BodyInvalid = Problems.Body(null, "A link leads either to an order, with orderId and page, or to a url.");

    /// <summary>Makes one. The same key again gives the same code: it is in the log, and drawn only once.</summary>
    public async Task<IResult> Make(CreateLink wanted, CommandRequest request, CancellationToken cancellationToken)
    {
        var page = Words.Value<LinkPage>("page", wanted.Page);
        if (wanted.OrderId is null == wanted.Url is null || wanted.OrderId is null != page is null)
        {
            return BodyInvalid;
        }

        if (await Refusal(wanted, request.Caller, cancellationToken).ConfigureAwait(false) is { } refusal)
        {
            return refusal;
        }

        var target = wanted is { OrderId: { } about } && page is { } which ? targets.PageOf(about, which) : wanted.Url ?? string.Empty;
        var (now, id) = (time.GetUtcNow(), request.Id);
        var command = new LinkCommand.Create(now, id, LinkCode.Random(), target, wanted.OrderId, wanted.ExpiresAt ?? now + Link.LifetimeDefault);
        var outcome = await commands.Handle(Link.Decider, Link.StreamOf(id), command, request.Context(wanted, ApiJson.Default.CreateLink) with { BeginsStream = true }, cancellationToken).ConfigureAwait(false);
        return outcome is CommandOutcome.Accepted accepted ? Made(accepted) : Problems.Of(outcome);
    }

    // Who acts for some customers only makes links to their orders, and none that say nothing of whom they concern. To who may not see it, an order does not exist.
    async Task<Problem?> Refusal(CreateLink wanted, Caller caller, CancellationToken cancellationToken)
    {
        if (wanted.OrderId is not { } order)
        {
            return caller.Customers is not null ? AccessProblems.CustomerForeign
                : targets.Allows(wanted.Url ?? string.Empty) ? null
                : Problems.Of(LinkRejections.TargetInvalid);
        }

        var known = await commands.Load(Order.Decider, Order.StreamOf(order), cancellationToken).ConfigureAwait(false);
        return known.Revision >= 0 && caller.MayActFor(known.State.Customer) ? null : Problems.Of(OrderRejections.Unknown);
    }

    IResult Made(CommandOutcome.Accepted accepted)
    {
        var link = accepted.Events.OfType<LinkEvent.Created>().Single();
        directory.Put(link.Code, new(link.Link, link.Target, link.ExpiresAt));
        return accepted.Created($"/links/{link.Code}", ApiJson.Default.LinkCreated, done =>
            new(link.Code.Value, LinkResource.PathOf(link.Code.Value), link.Target, link.ExpiresAt, done.Position.ToString()));
    }
}
