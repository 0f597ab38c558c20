using System.Diagnostics;
using Commerce.Testing.Servers;

namespace Commerce.Api.Tests.Tidiness;

/// <summary>What <c>build.sh run</c> prints is what the application prints, so that a shell can take it: <c>key=$(./build.sh run keys create …)</c>.</summary>
[TestFixture]
sealed class BuildScriptTests
{
    // In the place of the SDK: builds nothing, and says which of the two it was asked for.
    const string Sdk = """
        #!/bin/sh
        case "$1" in
            tool) ;;
            cake) echo "Building" ;;
            *) shift; echo "$@" ;;
        esac
        """;

    string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("commerce-sdk-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task The_build_before_it_tells_what_it_does_on_standard_error()
    {
        var sdk = Path.Combine(_folder, "dotnet");
        await File.WriteAllTextAsync(sdk, Sdk);
        File.SetUnixFileMode(sdk, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var start = new ProcessStartInfo("bash", [Path.Combine(Checkout.Root, "build.sh"), "run", "keys", "create"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{_folder}:{start.Environment["PATH"]}";
        using var script = Process.Start(start) ?? throw new AssertionException("There is no bash.");
        var (output, error) = (script.StandardOutput.ReadToEndAsync(), script.StandardError.ReadToEndAsync());
        await script.WaitForExitAsync();

        Assert.That((await output, await error), Is.EqualTo(("keys create\n", "Building\n")));
    }
}
