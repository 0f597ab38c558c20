using System.Collections.Immutable;
using System.Globalization;
using Commerce.Api.Endpoints;
using Commerce.Api.Grpc.Mapping;
using Commerce.Api.Handling;
using Commerce.Domain;
using Google.Protobuf.Collections;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Grpc.Incoming;

/// <summary>Commands to orders as messages.</summary>
sealed class OrderCalls(OrderPlacement placement, OrderHandlers handlers)
{
    /// <summary>Places an order.</summary>
    public async Task<Handled<Wire.PlaceOrderReply>> Place<T>(Wire.PlaceOrderRequest r, T incoming, CancellationToken cancellationToken)
        where T : IIncomingCommand
    {
        var handled = await placement.Place(OrderOf(r), incoming.Creating(), cancellationToken).ConfigureAwait(false);
        return handled.Map((order, done) => new Wire.PlaceOrderReply
        {
            Done = done, OrderId = order.OrderId.ToString(), Number = long.Parse(order.Number, NumberStyles.None, CultureInfo.InvariantCulture), Status = order.Status,
        });
    }

    /// <summary>Calls an order off.</summary>
    public async Task<Handled<Wire.CancelOrderReply>> Cancel<T>(Wire.CancelOrderRequest r, T incoming, CancellationToken cancellationToken)
        where T : IIncomingCommand
    {
        var handled = await handlers.Cancel(Id(r.OrderId), new(r.Reason), incoming.Changing(), cancellationToken).ConfigureAwait(false);
        return handled.Map((order, done) => new Wire.CancelOrderReply { Done = done, OrderId = order.OrderId.ToString(), Status = order.Status });
    }

    /// <summary>Calls off the rest of an order.</summary>
    public async Task<Handled<Wire.CancelRestReply>> CancelRest<T>(Wire.CancelRestRequest r, T incoming, CancellationToken cancellationToken)
        where T : IIncomingCommand
    {
        var handled = await handlers.CancelRest(Id(r.OrderId), new(r.Reason, Fields.Text(r.By)), incoming.Changing(), cancellationToken).ConfigureAwait(false);
        return handled.Map((order, done) => new Wire.CancelRestReply { Done = done, OrderId = order.OrderId.ToString() });
    }

    /// <summary>Sends out an order.</summary>
    public async Task<Handled<Wire.ShipOrderReply>> Ship<T>(Wire.ShipOrderRequest r, T incoming, CancellationToken cancellationToken)
        where T : IIncomingCommand
    {
        var handled = await handlers.Ship(Id(r.OrderId), new(Units(r.Lines)), incoming.Creating(), cancellationToken).ConfigureAwait(false);
        return handled.Map((sent, done) => new Wire.ShipOrderReply
        {
            Done = done, OrderId = sent.OrderId.ToString(), ShipmentId = sent.ShipmentId.ToString(), Lines = { sent.Lines.Select(Units) }, Amount = Replies.Of(sent.Amount),
        });
    }

    /// <summary>Takes an order back.</summary>
    public async Task<Handled<Wire.ReturnOrderReply>> Return<T>(Wire.ReturnOrderRequest r, T incoming, CancellationToken cancellationToken)
        where T : IIncomingCommand
    {
        var handled = await handlers.Return(Id(r.OrderId), new(r.Reason, Units(r.Lines)), incoming.Creating(), cancellationToken).ConfigureAwait(false);
        return handled.Map((back, done) => new Wire.ReturnOrderReply
        {
            Done = done, OrderId = back.OrderId.ToString(), ReturnId = back.ReturnId.ToString(), Lines = { back.Lines.Select(Units) }, Amount = Replies.Of(back.Amount),
        });
    }

    static OrderId Id(string text) => Fields.Required<OrderId>("order_id", text, Fields.IdRule);

    static PlaceOrder OrderOf(Wire.PlaceOrderRequest r)
    {
        var lines = ImmutableArray.CreateBuilder<PlaceOrderLine>(r.Lines.Count);
        foreach (var line in r.Lines)
        {
            lines.Add(new(Fields.Required<Sku>("lines.sku", line.Sku, Fields.NameRule), line.Quantity));
        }

        return new(
            Fields.Currency("currency", r.Currency), lines.MoveToImmutable(), Fields.Optional<CustomerId>("customer_id", r.CustomerId, Fields.NameRule), Fields.Text(r.Country), Fields.Text(r.PaymentToken));
    }

    // No line at all is what REST leaves out: the fingerprint of a repeat through the other door is the same.
    static ImmutableArray<LineUnits>? Units(RepeatedField<Wire.LineUnits> lines) => lines.Count == 0 ? null : [.. lines.Select(l => new LineUnits(l.Line, l.Quantity))];

    static Wire.LineUnits Units(LineUnits units) => new() { Line = units.Line, Quantity = units.Quantity };
}
