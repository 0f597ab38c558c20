using Commerce.Commands.EventLog.EventStoreDb;
using Commerce.Commands.Numbering;
using Commerce.Commands.Payments;
using Commerce.Domain.Log;

namespace Commerce.Commands.Sagas;

/// <summary>Failures that are nobody's message: a lost resource that comes back.</summary>
static class Outage
{
    public static bool Is(Exception failure) => failure is EventLogUnavailableException or EventStoreDbRefusedException or PaymentProviderUnavailableException or OrderNumbersUnavailableException;
}
