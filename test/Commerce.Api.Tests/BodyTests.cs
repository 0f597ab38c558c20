using System.Net.Http.Headers;
using System.Text;
using Commerce.Api.Tests.App;

namespace Commerce.Api.Tests;

/// <summary>However a body comes, it is the same body.</summary>
[TestFixture]
public sealed class BodyTests : ApiTest
{
    /// <summary>Bytes of a piece: no two fields come together.</summary>
    const int PieceBytes = 7;

    const string Json = """{"quantity":3,"reference":"délivery"}""";

    [Test]
    public async Task Whole() => await Taken(new ByteArrayContent(Encoding.UTF8.GetBytes(Json)));

    [Test]
    public async Task In_pieces() => await Taken(new Pieces(Encoding.UTF8.GetBytes(Json), isLengthKnown: true));

    [Test]
    public async Task In_chunks_of_a_length_that_nobody_told() => await Taken(new Pieces(Encoding.UTF8.GetBytes(Json), isLengthKnown: false));

    [Test]
    public async Task With_a_byte_order_mark() => await Taken(new ByteArrayContent([.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(Json)]));

    [Test]
    public async Task In_another_encoding() => await Taken(new ByteArrayContent(Encoding.Unicode.GetBytes(Json)), "application/json; charset=utf-16");

    [TestCase("application/json; charset=\"utf-8\"")]
    [TestCase("application/json; charset=us-ascii")]
    public async Task In_an_encoding_by_another_name(string mediaType) => await Taken(new ByteArrayContent(Encoding.UTF8.GetBytes(Json)), mediaType);

    [TestCase("application/json; charset=utf-7")]
    [TestCase("application/json; charset=nonsense")]
    public async Task One_in_an_encoding_that_is_not_known_is_refused(string mediaType) =>
        Assert.That((await Post("/stock/A/receipts", Json, ("Content-Type", mediaType))).Refusal, Is.EqualTo((415, "media-type-unsupported")));

    [Test]
    public async Task Under_a_media_type_of_json_kind() => await Taken(new ByteArrayContent(Encoding.UTF8.GetBytes(Json)), "application/json; charset=utf-8");

    [Test]
    public async Task What_follows_it_is_refused() =>
        Assert.That((await Post("/stock/A/receipts", Json + Json)).Refusal, Is.EqualTo((400, "body-invalid")));

    [Test]
    public async Task A_refused_one_leaves_the_connection_as_it_was()
    {
        var refused = await Post("/stock/A/receipts", """{"quantity":"x"}""");
        var taken = await Post($"/stock/{New("SKU")}/receipts", Json);
        Assert.That((refused.Refusal, taken.Status), Is.EqualTo(((400, "body-invalid"), 201)));
    }

    async Task Taken(HttpContent content, string mediaType = "application/json")
    {
        var sku = New("SKU");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/stock/{sku}/receipts") { Content = content };
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        request.Headers.Add("Idempotency-Key", New("key"));
        using var response = await App.Http.SendAsync(request);
        var reply = await Reply.Of(response);
        Assert.That((reply.Status, reply.Status == 201 ? reply.Field("quantity") : reply.Text), Is.EqualTo((201, "3")));
    }

    /// <summary>A body that leaves piece by piece.</summary>
    sealed class Pieces(byte[] bytes, bool isLengthKnown) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            foreach (var piece in bytes.Chunk(PieceBytes))
            {
                await stream.WriteAsync(piece);
                await stream.FlushAsync();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = bytes.Length;
            return isLengthKnown;
        }
    }
}
