using System.Net;
using System.Net.Http.Headers;
using Commerce.Api.Composition;
using Commerce.Api.Tests.App;
using Commerce.Commands.Access;

namespace Commerce.Api.Tests.Access;

/// <summary>Nobody could make a key without one: the first start of a private shop makes it.</summary>
public sealed class FirstKeyTests
{
    [Test]
    public async Task The_first_start_of_a_private_shop_makes_one_key_of_an_operator_and_no_later_one_does()
    {
        await using var shop = new EmbeddedShop();
        ApiKey? first;
        await using (var serving = await shop.Serve())
        {
            first = await serving.CreateFirstKey(CancellationToken.None);
            Assert.That(await Keys(serving, first), Is.EqualTo(HttpStatusCode.OK), "what only operators may ask for");
            Assert.That(await serving.CreateFirstKey(CancellationToken.None), Is.Null);
        }

        await using var again = await shop.Serve();
        Assert.That(await again.CreateFirstKey(CancellationToken.None), Is.Null);
        Assert.That(await Keys(again, first), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await Keys(again, ApiKey.New()), Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    static async Task<HttpStatusCode> Keys(CommerceProcess serving, ApiKey? key)
    {
        using var http = new HttpClient { BaseAddress = serving.Address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key?.Text) } };
        using var answer = await http.GetAsync("/keys");
        return answer.StatusCode;
    }
}
