using Npgsql;

namespace Legacy.Finally
{
    class Importer
    {
        public void Import(string cs, string[] lines)
        {
            NpgsqlConnection con = new NpgsqlConnection(cs);
            NpgsqlTransaction tx = null!;
            try
            {
                con.Open();
                tx = con.BeginTransaction();
                foreach (string line in lines)
                {
                    NpgsqlCommand cmd = new NpgsqlCommand("insert into lines values (:line)", con, tx);
                    cmd.Parameters.Add(new NpgsqlParameter("line", line));
                    cmd.ExecuteNonQuery();
                }
                tx.Commit();
            }
            catch
            {
                tx?.Rollback();
                throw;
            }
            finally
            {
                con.Close();
                con.Dispose();
            }
        }
    }
}
