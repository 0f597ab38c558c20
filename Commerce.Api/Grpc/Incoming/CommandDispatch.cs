using System.Collections.Frozen;
using Commerce.Api.Handling;
using Commerce.Api.Http;
using Commerce.Api.Security;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Grpc.Incoming;

/// <summary>Hands one command of a stream to who decides it, and puts what came of it into its answer.</summary>
sealed class CommandDispatch(OrderCalls orders, ProductCalls products, StockCalls stock, FlashSaleCalls sales)
{
    static readonly Problem Unknown = new(400, "command-unknown", "The message holds no command that is known here.");

    /// <summary>Who may send which command: whom the table lets in to the address of its name. The call itself is open to all who may send any.</summary>
    static readonly FrozenDictionary<Wire.Command.CommandOneofCase, Access?> Rows =
        Enum.GetValues<Wire.Command.CommandOneofCase>().Where(c => c != Wire.Command.CommandOneofCase.None).ToFrozenDictionary(c => c, c => AccessTable.Of(c.ToString()));

    /// <summary>Has it decided.</summary>
    /// <param name="answer">Told what came of it.</param>
    /// <param name="command">The command.</param>
    /// <param name="http">The call that it came on.</param>
    /// <param name="cancellationToken">The client goes.</param>
    /// <exception cref="RefusedRequestException">A field is not what it may be.</exception>
    public Task Answer(Wire.CommandAnswer answer, Wire.Command command, HttpContext http, CancellationToken cancellationToken)
    {
        var caller = http.Caller();
        if (Rows.TryGetValue(command.CommandCase, out var access) && access?.Allows(caller.Role) is not true)
        {
            answer.Refused = AccessProblems.RoleMissing.Refusal();
            return Task.CompletedTask;
        }

        var incoming = new StreamedCommand(caller, command);
        return command.CommandCase switch
        {
            Wire.Command.CommandOneofCase.PlaceOrder => Put(orders.Place(command.PlaceOrder, incoming, cancellationToken), answer, static (a, r) => a.PlaceOrder = r),
            Wire.Command.CommandOneofCase.CancelOrder => Put(orders.Cancel(command.CancelOrder, incoming, cancellationToken), answer, static (a, r) => a.CancelOrder = r),
            Wire.Command.CommandOneofCase.CancelRest => Put(orders.CancelRest(command.CancelRest, incoming, cancellationToken), answer, static (a, r) => a.CancelRest = r),
            Wire.Command.CommandOneofCase.ShipOrder => Put(orders.Ship(command.ShipOrder, incoming, cancellationToken), answer, static (a, r) => a.ShipOrder = r),
            Wire.Command.CommandOneofCase.ReturnOrder => Put(orders.Return(command.ReturnOrder, incoming, cancellationToken), answer, static (a, r) => a.ReturnOrder = r),
            Wire.Command.CommandOneofCase.RegisterProduct => Put(products.Register(command.RegisterProduct, incoming, cancellationToken), answer, static (a, r) => a.Product = r),
            Wire.Command.CommandOneofCase.ChangePrice => Put(products.ChangePrice(command.ChangePrice, incoming, cancellationToken), answer, static (a, r) => a.Product = r),
            Wire.Command.CommandOneofCase.DiscontinueProduct => Put(products.Discontinue(command.DiscontinueProduct, incoming, cancellationToken), answer, static (a, r) => a.Product = r),
            Wire.Command.CommandOneofCase.ReceiveStock => Put(stock.Receive(command.ReceiveStock, incoming, cancellationToken), answer, static (a, r) => a.Stock = r),
            Wire.Command.CommandOneofCase.WriteOffStock => Put(stock.WriteOff(command.WriteOffStock, incoming, cancellationToken), answer, static (a, r) => a.Stock = r),
            Wire.Command.CommandOneofCase.AnnounceFlashSale => Put(sales.Announce(command.AnnounceFlashSale, incoming, cancellationToken), answer, static (a, r) => a.FlashSale = r),
            Wire.Command.CommandOneofCase.ClaimUnits => Put(sales.Claim(command.ClaimUnits, incoming, cancellationToken), answer, static (a, r) => a.Claim = r),
            Wire.Command.CommandOneofCase.PayClaim => Put(sales.Pay(command.PayClaim, incoming, cancellationToken), answer, static (a, r) => a.PayClaim = r),
            Wire.Command.CommandOneofCase.CloseFlashSale => Put(sales.Close(command.CloseFlashSale, incoming, cancellationToken), answer, static (a, r) => a.FlashSale = r),
            _ => Task.FromException(new RefusedRequestException(Unknown)),
        };
    }

    static async Task Put<TReply>(Task<Handled<TReply>> handling, Wire.CommandAnswer answer, Action<Wire.CommandAnswer, TReply> put)
        where TReply : class
    {
        if ((await handling.ConfigureAwait(false)).IsDone(out var reply, out var refusal))
        {
            put(answer, reply);
        }
        else
        {
            answer.Refused = refusal.Refusal();
        }
    }
}
