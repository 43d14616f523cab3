using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace Shop.Web.Controllers;

[ApiController]
[Route("api/[controller]")]
public class InvoicesController : ControllerBase
{
    private readonly IConfiguration _configuration;

    public InvoicesController(IConfiguration configuration) => _configuration = configuration;

    [HttpGet("{id}")]
    public ActionResult<string> Get(int id)
    {
        NpgsqlConnection con = null!;
        try
        {
            con = new NpgsqlConnection(_configuration["Db"]);
            con.Open();
            using (NpgsqlCommand cmd = new NpgsqlCommand("SELECT text FROM invoices WHERE id = " + id, con))
            {
                return Ok(cmd.ExecuteScalar());
            }
        }
        finally
        {
            con?.Close();
        }
    }

    [HttpPut("{id}")]
    public async Task<IActionResult> Put(int id, [FromBody] string text)
    {
        await using (var con = new NpgsqlConnection(_configuration["Db"]))
        {
            await con.OpenAsync(HttpContext.RequestAborted);
            await using var cmd = new NpgsqlCommand("UPDATE invoices SET text = $1 WHERE id = $2", con)
            {
                Parameters = { new() { Value = text }, new() { Value = id } }
            };
            await cmd.ExecuteNonQueryAsync(HttpContext.RequestAborted);
        }

        return NoContent();
    }
}
