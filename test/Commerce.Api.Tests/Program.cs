using System.Globalization;
using Commerce.Api.Tests.Fuzz;

// The tests themselves are found by the test host; this is what they start as processes of their own.
return args switch
{
    [FuzzProcess.Verb, var seed, var from, var to, var connectionString] => await FuzzProcess.Run(Number(seed), (Number(from), Number(to)), (0, FuzzProcess.Calls), connectionString),
    [FuzzProcess.RequestsVerb, var seed, var from, var to, var connectionString] => await FuzzProcess.Run(Number(seed), (Number(from), Number(to)), (0, 0), connectionString),
    [FuzzProcess.CallsVerb, var seed, var from, var to, var connectionString] => await FuzzProcess.Run(Number(seed), (0, 0), (Number(from), Number(to)), connectionString),
    _ => 2,
};

static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
