using NUnit.Framework;
using NUnit.Framework.Interfaces;

namespace Commerce.Testing.Servers;

/// <summary>Stops the servers that the tests of an assembly asked for, after the last of them. test/Directory.Build.props puts it on every test assembly.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class StopsServersAtEndAttribute : Attribute, ITestAction
{
    /// <inheritdoc/>
    public ActionTargets Targets => ActionTargets.Suite;

    /// <inheritdoc/>
    public void BeforeTest(ITest test)
    {
    }

    /// <inheritdoc/>
    public void AfterTest(ITest test) => Task.WhenAll(PostgresForTests.Stop(), RabbitMqForTests.Stop(), EventStoreDbForTests.Stop()).GetAwaiter().GetResult();
}
