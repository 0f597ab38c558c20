using MassTransit;

namespace Commerce.Commands.Sagas;

/// <summary>Measures how long the messages of this process's queues take.</summary>
sealed class MessageTimes : IReceiveObserver
{
    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
        where T : class
    {
        SagaTelemetry.Handled(typeof(T).Name, "done", duration);
        return Task.CompletedTask;
    }

    public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
        where T : class
    {
        SagaTelemetry.Handled(typeof(T).Name, "failed", duration);
        return Task.CompletedTask;
    }

    public Task PreReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostReceive(ReceiveContext context) => Task.CompletedTask;

    public Task ReceiveFault(ReceiveContext context, Exception exception) => Task.CompletedTask;
}
