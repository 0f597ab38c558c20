using System.Diagnostics;
using Commerce.Testing.Servers;

namespace Commerce.Api.Tests.Tidiness;

/// <summary>What people and their scripts read of <c>build.sh</c>. Nothing is built here: a stand-in for the SDK tells what it is called with.</summary>
[TestFixture]
public sealed class BuildScriptTests
{
    const string Sdk = """
        #!/usr/bin/env bash
        case "$1" in
            tool) ;;
            cake) echo 'Building it' ;;
            *) echo "$(basename "$1") ${*:2}" ;;
        esac
        """;

    readonly string _folder = Directory.CreateTempSubdirectory("commerce-script-").FullName;

    [OneTimeSetUp]
    public void Copy()
    {
        foreach (var file in (string[])["build.sh", "build.cake"])
        {
            File.Copy(Path.Combine(Checkout.Root, file), Path.Combine(_folder, file));
        }

        var sdk = Path.Combine(_folder, "dotnet");
        File.WriteAllText(sdk, Sdk);
        File.SetUnixFileMode(sdk, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    // key=$(./build.sh run keys create …) is a key and nothing else.
    [TestCase("run keys list", "commerce.dll keys list")]
    [TestCase("demo --keep", "commerce.dll demo --keep")]
    [TestCase("bench door", "Commerce.Benchmarks.dll door")]
    [TestCase("simulate --seed 17", "Commerce.Simulation.dll --seed 17")]
    [TestCase("faults", "Commerce.Faults.dll ")]
    public async Task What_is_run_has_the_output_to_itself_and_the_build_is_told_beside_it(string arguments, string output) =>
        Assert.That(await Run(arguments), Is.EqualTo((output + "\n", "Building it\n")));

    [Test]
    public async Task What_is_asked_of_the_build_itself_is_its_output() => Assert.That(await Run("test"), Is.EqualTo(("Building it\n", "")));

    async Task<(string Output, string Errors)> Run(string arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(_folder, "build.sh"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{_folder}:{start.Environment["PATH"]}";
        using var process = Process.Start(start) ?? throw new AssertionException("It did not start.");
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (await output, await errors);
    }
}
